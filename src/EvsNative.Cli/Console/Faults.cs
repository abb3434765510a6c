using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Cli;

/// <summary>Errors as users see them: one line on the error stream, then a list where one helps.</summary>
internal static class Faults
{
    public const int Bug = 1;
    public const int UnusableInput = 2;
    public const int Stopped = 130;

    private const int MostDetails = 40;

    /// <summary>Prints an error and gives the exit code. EVSNATIVE_TRACE=1 adds the stack trace.</summary>
    public static int Report(Exception fault)
    {
        if (Environment.GetEnvironmentVariable("EVSNATIVE_TRACE") == "1") Console.Error.WriteLine(fault);
        switch (fault)
        {
            case OperationCanceledException:
                Say("stopped; nothing was written");
                return Stopped;
            case InputException input:
                Say(input.Message);
                foreach (string detail in input.Details.Take(MostDetails)) Console.Error.WriteLine($"  {detail}");
                if (input.Details.Count > MostDetails) Console.Error.WriteLine($"  and {input.Details.Count - MostDetails} more");
                return UnusableInput;
            case DeviceException device:
                Say(device.Message);
                return UnusableInput;
            case OutOfMemoryException:
                Say("this machine's memory does not suffice: use a smaller clip, fewer frames or --frames-per-pass 1 "
                    + "('evsnative plan' tells the need)");
                return UnusableInput;
            case IOException or UnauthorizedAccessException:
                Say(fault.Message);
                return UnusableInput;
            default:
                Say($"internal error, please report it: {fault.GetType().Name}: {fault.Message} (EVSNATIVE_TRACE=1 shows where)");
                return Bug;
        }
    }

    /// <summary>One line on the error stream.</summary>
    public static void Say(string line) => Console.Error.WriteLine(Line(line));

    /// <summary>A line as the program says it.</summary>
    public static string Line(string line) => $"evsnative: {InputText.OneLine(line)}";
}
