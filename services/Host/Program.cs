using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using SuiviCourrier.Host;

CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("fr-FR");
Console.OutputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
void Stop(PosixSignalContext context)
{
    // The database stops after the workers, whatever the moment: nobody else may end the process.
    context.Cancel = true;
    stopping.Cancel();
}

try
{
    var command = Verbs.All().Parse(args);
    if (command.Errors.Count > 0)
    {
        throw new RefusedException($"{command.Errors[0].Message} (--help montre les commandes.)");
    }

    return await command.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stopping.Token);
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 0;
}
catch (Exception refused) when (Verbs.SentenceFor(refused) is not null)
{
    await Console.Error.WriteLineAsync(Verbs.SentenceFor(refused));
    return 1;
}
