using System.Diagnostics;
using MimeKit;

namespace SuiviCourrier.PoisonConsumer;

/// <summary>Parts of a message on which a reader hangs, or its process dies.</summary>
public static class PoisonParts
{
    public static void Register()
    {
        ParserOptions.Default.RegisterMimeType("application/x-essai-bloque", typeof(PartThatHangs));
        ParserOptions.Default.RegisterMimeType("application/x-essai-tue", typeof(PartThatKills));
    }
}

public sealed class PartThatHangs : MimePart
{
    public PartThatHangs(MimeEntityConstructorArgs args)
        : base(args) => Thread.Sleep(Timeout.Infinite);
}

public sealed class PartThatKills : MimePart
{
    public PartThatKills(MimeEntityConstructorArgs args)
        : base(args)
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
