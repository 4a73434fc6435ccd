using Microsoft.AspNetCore.Mvc;

namespace SuiviCourrier.Presentation.Mots;

/// <summary>The binder's own sentences, in French: what it cannot read is said beside the field.</summary>
internal static class MessagesDuFormulaire
{
    public static void Configure(MvcOptions options)
    {
        var messages = options.ModelBindingMessageProvider;
        messages.SetAttemptedValueIsInvalidAccessor((value, _) => $"« {Shortened(value)} » n’est pas une valeur possible");
        messages.SetNonPropertyAttemptedValueIsInvalidAccessor(value => $"« {Shortened(value)} » n’est pas une valeur possible");
        messages.SetUnknownValueIsInvalidAccessor(_ => "Cette valeur n’est pas possible");
        messages.SetNonPropertyUnknownValueIsInvalidAccessor(() => "Cette valeur n’est pas possible");
        messages.SetValueIsInvalidAccessor(value => $"« {Shortened(value)} » n’est pas une valeur possible");
        messages.SetValueMustNotBeNullAccessor(_ => "Ce champ est à remplir");
        messages.SetMissingBindRequiredValueAccessor(_ => "Ce champ est à remplir");
        messages.SetMissingKeyOrValueAccessor(() => "Ce champ est à remplir");
        messages.SetMissingRequestBodyRequiredValueAccessor(() => "La demande est vide");
        messages.SetValueMustBeANumberAccessor(_ => "Ce champ attend un nombre");
        messages.SetNonPropertyValueMustBeANumberAccessor(() => "Ce champ attend un nombre");
    }

    private static string Shortened(string value) => value.Length <= 40 ? value : $"{value[..40]}…";
}
