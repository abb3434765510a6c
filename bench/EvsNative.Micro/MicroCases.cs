using System.IO.Enumeration;
using EvsNative.Bench;
using EvsNative.Layers;

namespace EvsNative.Micro;

/// <summary>The lines of the micro-benchmarks: every operation of the vocabulary on the shapes of docs/models.md 10.2 and 3.</summary>
internal static class MicroCases
{
    /// <summary>
    /// Those whose group and name fit one of the globs; all if there are none, but for large calls, which take a processor minutes.
    /// </summary>
    /// <exception cref="InputException">there is no such line</exception>
    public static Case[] Matching(IReadOnlyCollection<string> globs)
    {
        var all = Cases.ForGpu([]);
        if (globs.Count == 0) return [.. all.Where(shape => shape.Group != LargeCases.Group)];
        Case[] found = [.. all.Where(shape => globs.Any(glob => Fits(glob, shape.Line)))];
        return found.Length > 0
            ? found
            : throw new InputException(
                InputCode.UnknownWord,
                $"--filter {string.Join(' ', globs)}: no line fits; lines are as '{all[0].Line}', groups are "
                + string.Join(", ", all.Select(shape => shape.Group).Distinct()));
    }

    // A backslash would take the meaning from what follows it; no line has one.
    private static bool Fits(string glob, string line) => FileSystemName.MatchesSimpleExpression(glob.Replace('\\', '?'), line);
}
