/// <summary>The runtime looks for this name, outside any namespace. Being loaded is all it is for: the hosting startup is then found by its name.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
    }
}
