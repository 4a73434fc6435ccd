namespace SuiviCourrier.ServiceDefaults.Schemas;

/// <summary>A schema, the database role that writes it, and the context that maps it.</summary>
public sealed record OwnedSchema(string Name, string Role, Type ContextType);
