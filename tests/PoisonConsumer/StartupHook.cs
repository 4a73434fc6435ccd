/// <summary>
/// The runtime looks for this name, outside any namespace. Once it is loaded, the hosting startup is found by its name; and whoever reads mail in
/// this process meets the parts that stop a reader.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => SuiviCourrier.PoisonConsumer.PoisonParts.Register();
}
