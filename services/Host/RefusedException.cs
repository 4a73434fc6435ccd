namespace SuiviCourrier.Host;

/// <summary>The command cannot be done as things are set: one sentence for the operator, in French, and exit code 1.</summary>
public sealed class RefusedException(string sentence) : Exception(sentence);
