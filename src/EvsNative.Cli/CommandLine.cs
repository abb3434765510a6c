using System.CommandLine;
using System.Runtime.InteropServices;

namespace EvsNative.Cli;

/// <summary>The commands, and what becomes of an error: one line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>0: done. 1: a bug. 2: something given cannot be used. 130: stopped by the user.</summary>
    public static int Run(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));

        var root = new RootCommand("Turns a weak text-to-video clip into a sharp and steady one (EVS: Encapsulated Video Synthesizer).")
        {
            RefineCommand.Create(stop.Token),
            PlanCommand.Create(stop.Token),
            DoctorCommand.Create(stop.Token),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Faults.Say(parsed.Errors[0].Message + $" ('evsnative {parsed.CommandResult.Command.Name} --help' lists what there is)");
            return Faults.UnusableInput;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
#pragma warning disable CA1031 // the last resort of a program: no stack trace reaches the user
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return Faults.Report(fault);
        }
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
