using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>
/// Every line of the table: the shapes of docs/models.md 10.2 and 3, at 512 x 512 (64 x 64 latents) unless said otherwise.
/// </summary>
internal static class Cases
{
    private static readonly Case[] All =
    [
        .. ProductCases.All(), .. ConvCases.All(), .. AttentionCases.All(), .. NormCases.All(), .. WindowCases.Depthwise(),
        .. MotionCases.All(), .. NetworkCases.All(), .. JudgeCases.All(),
    ];

    /// <summary>Those whose group or name contains one of the words; all of them if there are none.</summary>
    /// <exception cref="InputException">there is no such line</exception>
    public static Case[] Matching(IReadOnlyCollection<string> words) => Matching(All, words);

    /// <summary>The same for a GPU: large calls and pointwise operations too, and whole passes only where they are asked for.</summary>
    /// <exception cref="InputException">there is no such line</exception>
    public static Case[] ForGpu(IReadOnlyCollection<string> words)
    {
        Case[] operations =
            [
                .. LargeCases.All(), .. ProductCases.All(), .. ConvCases.All(), .. AttentionCases.All(), .. NormCases.All(),
                .. WindowCases.All(), .. MotionCases.All(), .. PointwiseCases.All(),
            ];
        return words.Count == 0 ? operations : Matching([.. operations, .. PassCases.All()], words);
    }

    private static Case[] Matching(Case[] all, IReadOnlyCollection<string> words)
    {
        bool Matches(Case c) =>
            words.Count == 0 || words.Any(word => c.Line.Contains(word, StringComparison.OrdinalIgnoreCase));
        Case[] found = [.. all.Where(Matches)];
        return found.Length > 0
            ? found
            : throw new InputException(
                InputCode.UnknownWord,
                $"--only {string.Join(' ', words)}: no line contains this; groups are "
                + string.Join(", ", all.Select(c => c.Group).Distinct()));
    }
}
