using System.Diagnostics.CodeAnalysis;

namespace EvsNative.Pipelines.Settings;

/// <summary>How the scores are called.</summary>
public static class ScoreWords
{
    /// <summary>All, in the order of the paper's tables.</summary>
    public static IReadOnlyList<ScoreKind> All { get; } = Enum.GetValues<ScoreKind>();

    /// <summary>Several, with commas between.</summary>
    internal static Wording<IReadOnlyList<ScoreKind>> Several { get; } = new(
        "SCORES", "ms, sc, dover and ap with commas between, such as ms,sc", TryRead)
    {
        Print = kinds => string.Join(',', kinds.Select(Word)),
    };

    /// <summary>The word on a command line and in JSON: ms, sc, dover, ap.</summary>
    public static string Word(this ScoreKind kind) => kind switch
    {
        ScoreKind.Motion => "ms",
        ScoreKind.Subject => "sc",
        ScoreKind.Dover => "dover",
        _ => "ap",
    };

    /// <summary>The score in words.</summary>
    public static string Name(this ScoreKind kind) => kind switch
    {
        ScoreKind.Motion => "motion smoothness",
        ScoreKind.Subject => "subject consistency",
        ScoreKind.Dover => "DOVER",
        _ => "aesthetic score",
    };

    /// <summary>In the order of the tables, each once, whatever the order of the words.</summary>
    private static bool TryRead(string text, [MaybeNullWhen(false)] out IReadOnlyList<ScoreKind> kinds)
    {
        string[] words = text.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries);
        kinds = [.. All.Where(kind => words.Contains(kind.Word()))];
        return words.All(word => All.Any(kind => kind.Word() == word));
    }
}
