using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Cli;

/// <summary>What ended a command.</summary>
/// <param name="ExitCode">of the process</param>
/// <param name="Code">the kind, for scripts: the word of an <see cref="InputCode"/>, <c>device</c>, <c>memory</c>, <c>stopped</c>, <c>internal</c></param>
/// <param name="Message">one line</param>
/// <param name="Details">further lines</param>
internal sealed record Fault(int ExitCode, string Code, string Message, IReadOnlyList<string> Details);

/// <summary>Errors as users see them: one line on the error stream, then a list where one helps; for scripts an object as well.</summary>
internal static class Faults
{
    public const int Bug = 1;
    public const int UnusableInput = 2;
    public const int Stopped = 130;

    private const int MostDetails = 40;

    /// <summary>Prints an error and gives the exit code. EVSNATIVE_TRACE=1 adds the stack trace.</summary>
    /// <param name="exception">what was thrown</param>
    /// <param name="json">true if a script listens: the error is an object on the output too</param>
    public static int Report(Exception exception, bool json)
    {
        if (Environment.GetEnvironmentVariable("EVSNATIVE_TRACE") == "1") Console.Error.WriteLine(exception);
        return Report(Of(exception), json);
    }

    /// <inheritdoc cref="Report(Exception, bool)"/>
    public static int Report(Fault fault, bool json)
    {
        Say(fault.Message);
        foreach (string detail in fault.Details.Take(MostDetails)) Console.Error.WriteLine($"  {detail}");
        if (fault.Details.Count > MostDetails) Console.Error.WriteLine($"  and {fault.Details.Count - MostDetails} more");
        if (json) ScriptOutput.Write(new { error = new { fault.Code, message = InputText.OneLine(fault.Message), fault.Details } });
        return fault.ExitCode;
    }

    /// <summary>One line on the error stream.</summary>
    public static void Say(string line) => Console.Error.WriteLine(Line(line));

    /// <summary>A line as the program says it.</summary>
    public static string Line(string line) => $"evsnative: {InputText.OneLine(line)}";

    private static Fault Of(Exception exception) => exception switch
    {
        OperationCanceledException => new Fault(Stopped, "stopped", "stopped; nothing was written", []),
        InputException input => new Fault(UnusableInput, input.Code.Word(), input.Message, input.Details),
        DeviceException device => new Fault(UnusableInput, "device", device.Message, []),
        OutOfMemoryException => new Fault(
            UnusableInput,
            "memory",
            "this machine's memory does not suffice: use a smaller clip, fewer frames or --frames-per-pass 1 ('evsnative plan' tells the need)",
            []),
        IOException or UnauthorizedAccessException => new Fault(UnusableInput, InputCode.Unreadable.Word(), exception.Message, []),
        _ => new Fault(
            Bug,
            "internal",
            $"internal error, please report it: {exception.GetType().Name}: {exception.Message} (EVSNATIVE_TRACE=1 shows where)",
            []),
    };
}
