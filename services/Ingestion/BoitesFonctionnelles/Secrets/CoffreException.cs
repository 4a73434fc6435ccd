namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Secrets;

/// <summary>A secret cannot be kept, or not be read.</summary>
/// <param name="phrase">In French, for the page: what is missing and what to do. Never the secret nor the key.</param>
public sealed class CoffreException(string phrase) : Exception(phrase);
