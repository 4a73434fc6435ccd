namespace SuiviCourrier.Presentation.Mots;

/// <summary>A step of the breadcrumb, or what to do next. A page sets <c>ViewData["Fil"]</c> to what stands above it.</summary>
public sealed record Lien(string Texte, string Url);
