using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Formulaires;

/// <summary>Takes the files joined to a message: any kind of document, no program.</summary>
public sealed class PiecesDuFormulaire(IFileStore store, IOptions<FormulaireOptions> options)
{
    public long Limite { get; } = options.Value.TailleFichier * 1024L * 1024L;

    public int Nombre => options.Value.Fichiers;

    /// <returns>The file in the store, or why it is not taken.</returns>
    public async Task<(ScanRecu? Fichier, string? Refus)> TakeAsync(IFormFile file, CancellationToken cancellationToken)
    {
        var nom = NomFichier.Of(file.FileName, instead: "document");
        if (file.Length == 0)
        {
            return (null, $"« {nom} » est vide : choisissez-le de nouveau");
        }

        if (file.Length > Limite)
        {
            return (null, $"« {nom} » est trop lourd : {Tailles.EnMots(Limite)} au plus");
        }

        await using var content = file.OpenReadStream();
        var fichier = await store.StoreAsync(content, Limite, cancellationToken);
        return fichier.TypeMime == TypeMime.Programme
            ? (null, $"« {nom} » est un programme : nous ne pouvons pas le recevoir")
            : (new ScanRecu(fichier.Sha256, fichier.Taille, fichier.TypeMime, nom), null);
    }
}
