namespace SuiviCourrier.ServiceDefaults.Demonstration;

/// <summary>
/// Fills a new embedded installation so that there is something to look at. Content enters by the public doors (a mail dropped in
/// a folder, a form), after the application has started. It may be called again when a first attempt was cut.
/// </summary>
public interface IDemoLoader
{
    int Order { get; }

    /// <summary>What someone trying the application must know (which account to use…); printed at every start of the demonstration.</summary>
    string? Announcement => null;

    /// <param name="seedsFolder">The folder <c>seeds</c> that came with the program.</param>
    Task LoadAsync(string seedsFolder, CancellationToken cancellationToken);
}
