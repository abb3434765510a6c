using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EvsNative.PtxSim;

/// <summary>A kernel with one bug put in.</summary>
/// <param name="description">the line, what is wrong with it, how it was and how it is</param>
/// <param name="lines">of the kernel without the bug</param>
/// <param name="at">which of them is another</param>
/// <param name="line">what it becomes</param>
public sealed partial class PtxMutant(string description, string[] lines, int at, string line)
{
    /// <summary>The line, what is wrong with it, how it was and how it is.</summary>
    public string Description => description;

    /// <summary>The line that has the bug, from 0.</summary>
    public int Line => at;

    /// <summary>What the line becomes; empty if it is gone.</summary>
    public string Change => line;

    /// <summary>What is wrong.</summary>
    public string Kind { get; } = description.Split(", ", 2)[1].Split(':')[0];

    /// <summary>The text with the bug, made when it is asked for: mutants are many, and most of them alike.</summary>
    public string Text => string.Join('\n', (string[])[.. lines[..at], line, .. lines[(at + 1)..]]);

    /// <summary>
    /// The bug among its neighbours, with registers and labels numbered in the order in which they stand there: the same for bugs of
    /// instructions that stand alike in two kernels.
    /// </summary>
    /// <param name="neighbours">lines before it, and as many behind it</param>
    public string Place(int neighbours)
    {
        var place = new StringBuilder(line);
        int first = Math.Max(0, at - neighbours), end = Math.Min(lines.Length, at + neighbours + 1);
        for (int i = first; i < end; i++) place.Append('\n').Append(lines[i]);
        var numbers = new Dictionary<string, string>();
        return Name().Replace(place.ToString(), name =>
        {
            if (!numbers.TryGetValue(name.Value, out string? number))
                numbers[name.Value] = number = string.Create(CultureInfo.InvariantCulture, $"%{numbers.Count}");
            return number;
        });
    }

    // Special registers are no registers.
    [GeneratedRegex(@"%(?!n?tid\b|n?ctaid\b|laneid\b)\w+|\bL\d+\b")]
    private static partial Regex Name();
}
