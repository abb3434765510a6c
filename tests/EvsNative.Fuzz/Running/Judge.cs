using System.Diagnostics;
using EvsNative.Cli;
using EvsNative.Layers;

namespace EvsNative.Fuzz.Running;

/// <summary>Says what the end of a case was.</summary>
internal static class Judge
{
    private const int FramesTold = 3, LongestText = 200;

    /// <summary>Unicode's marks of direction and ends of lines: they make a line look like another one.</summary>
    private const string Turning = "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";

    /// <summary>Reads a case and judges what came of it.</summary>
    public static Verdict Of(FuzzTarget target, string folder)
    {
        try
        {
            target.Read(folder);
            return new Verdict(VerdictKind.Accepted);
        }
        catch (InputException refusal)
        {
            return Of(refusal);
        }
        catch (BrokenPromiseException broken)
        {
            return new Verdict(VerdictKind.Finding, "promise", Short(broken.Message));
        }
#pragma warning disable CA1031 // whatever it is, it is what is looked for
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return new Verdict(VerdictKind.Finding, $"{fault.GetType().Name} in {Place(fault)}", Short(fault.Message));
        }
    }

    /// <summary>A refusal is one line of plain characters, with a code, as the program prints it.</summary>
    public static Verdict Of(InputException refusal)
    {
        foreach (string line in new[] { Faults.Line(refusal.Message) }.Concat(refusal.Details.Select(InputText.OneLine)))
        {
            if (Fault(line) is { } fault) return new Verdict(VerdictKind.Finding, $"{fault} from {Place(refusal)}", Short(line));
        }

        return Enum.IsDefined(refusal.Code)
            ? new Verdict(VerdictKind.Refused, refusal.Code.ToString(), Short(refusal.Message))
            : new Verdict(VerdictKind.Finding, "no code", Short(refusal.Message));
    }

    /// <summary>Throws unless a notice is one line of plain characters, as the program prints it.</summary>
    /// <exception cref="BrokenPromiseException">it is not</exception>
    public static void Check(Notice notice)
    {
        string? fault = Fault(Faults.Line(notice.Message));
        BrokenPromiseException.Unless(fault is null, $"a notice: {fault}: {Short(notice.Message)}");
    }

    /// <summary>What is wrong with a line for people; null if nothing is.</summary>
    public static string? Fault(string line)
    {
        if (line.Trim().Length == 0) return "an empty line";
        if (line.Length > FuzzLimits.LineLength) return "a long line";
        if (line.Any(char.IsControl)) return "control characters";
        if (line.Any(Turning.Contains)) return "characters that turn a line round";
        return Enumerable.Range(0, line.Length).Any(i => IsHalf(line, i)) ? "half a surrogate" : null;
    }

    private static bool IsHalf(string text, int i) =>
        (char.IsHighSurrogate(text[i]) && (i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])))
        || (char.IsLowSurrogate(text[i]) && (i == 0 || !char.IsHighSurrogate(text[i - 1])));

    /// <summary>The product's methods at the top of the stack.</summary>
    private static string Place(Exception fault)
    {
        var methods = new StackTrace(fault).GetFrames().Select(frame => frame.GetMethod())
            .Where(method => IsOf(method?.DeclaringType, "EvsNative.") && !IsOf(method?.DeclaringType, "EvsNative.Fuzz."));
        return string.Join(" < ", methods.Take(FramesTold).Select(method => $"{method!.DeclaringType!.Name}.{method.Name}"));
    }

    private static bool IsOf(Type? type, string room) => type?.FullName?.StartsWith(room, StringComparison.Ordinal) == true;

    private static string Short(string text) => InputText.Name(InputText.OneLine(text), LongestText);
}
