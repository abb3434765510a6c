using System.Text.RegularExpressions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>Bugs that change no result: a row of <c>TensorHarmless.txt</c>.</summary>
/// <param name="Reason">why they do not</param>
/// <param name="Kernel">what a kernel's name contains</param>
/// <param name="Kind">what is wrong with a line</param>
/// <param name="Line">what the line is about, as <see cref="PtxSim.PtxOrigins"/> says it</param>
internal sealed record TensorHarmless(string Reason, Regex Kernel, Regex Kind, Regex Line)
{
    // A machine that is busy with other things lets a pattern of microseconds wait for seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>All rows.</summary>
    public static IReadOnlyList<TensorHarmless> Rows { get; } = [.. Read()];

    /// <summary>The first row that a bug is of, if any is.</summary>
    /// <param name="kernel">class and policies</param>
    /// <param name="kind">of the bug</param>
    /// <param name="line">what the line is about</param>
    public static TensorHarmless? Of(string kernel, string kind, string line) =>
        Rows.FirstOrDefault(row => row.Kernel.IsMatch(kernel) && row.Kind.IsMatch(kind) && row.Line.IsMatch(line));

    /// <inheritdoc/>
    public override string ToString() => $"{Kernel} | {Kind} | {Line}";

    // A reason begins its line; the bugs that it holds for follow, indented.
    private static IEnumerable<TensorHarmless> Read()
    {
        string reason = "";
        bool isOpen = false;
        foreach (string line in File.ReadLines(Repository.File("tests", "EvsNative.Kernels.Tests", "TensorCores", "TensorHarmless.txt")))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line[0] != ' ')
            {
                reason = isOpen ? $"{reason} {line}" : line;
                isOpen = true;
                continue;
            }

            isOpen = false;
            string[] parts = line.Split(" | ", StringSplitOptions.TrimEntries);
            if (parts.Length != 3) throw new FormatException($"TensorHarmless.txt: '{line}' is not kernel | kind | line");
            yield return new TensorHarmless(reason, Pattern(parts[0]), Pattern($"^({parts[1]})$"), Pattern(parts[2]));
        }
    }

    private static Regex Pattern(string text) => new(text, RegexOptions.CultureInvariant, Patience);
}
