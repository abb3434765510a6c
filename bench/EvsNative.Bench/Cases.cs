using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>Every line of the table: the shapes of docs/models.md 10.2 and 3, at 512 x 512 (64 x 64 latents) unless said otherwise.</summary>
internal static class Cases
{
    private static readonly Case[] All = [.. ProductCases.All(), .. ConvCases.All(), .. AttentionCases.All(), .. NormCases.All(), .. NetworkCases.All()];

    /// <summary>Those whose group or name contains one of the words, commas between them; all of them if there are none.</summary>
    /// <exception cref="InputException">there is no such line</exception>
    public static Case[] Matching(string? words)
    {
        string[] wanted = (words ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (wanted.Length == 0) return All;
        bool Matches(Case c) => wanted.Any(word => $"{c.Group}: {c.Name}".Contains(word, StringComparison.OrdinalIgnoreCase));
        Case[] found = [.. All.Where(Matches)];
        return found.Length > 0
            ? found
            : throw new InputException($"--only {words}: no line contains this; groups are {string.Join(", ", All.Select(c => c.Group).Distinct())}");
    }
}
