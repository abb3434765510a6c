namespace EvsNative.Pipelines.Settings;

/// <summary>The word that was meant by one that is unknown.</summary>
internal static class Spelling
{
    private const int ShortestStart = 3, LongestWord = 40;

    /// <summary>": did you mean 'guidance'?"; empty if no known word is near.</summary>
    public static string DidYouMean(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } near ? $": did you mean '{near}'?" : "";

    /// <summary>
    /// The known word with the fewest letters wrong, missing, too many or swapped, if they are a third at most; else the only one that
    /// begins so; null if there is none.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        string[] words = [.. known];
        if (word.Length is 0 or > LongestWord || words.Length == 0) return null;
        var (near, distance) = words.Select(one => (one, Distance: Distance(word, one))).MinBy(pair => pair.Distance);
        if (distance <= Math.Max(1, word.TrimStart('-').Length / 3)) return near;
        string[] longer = [.. words.Where(one => one.StartsWith(word, StringComparison.OrdinalIgnoreCase))];
        return longer.Length == 1 && word.TrimStart('-').Length >= ShortestStart ? longer[0] : null;
    }

    /// <summary>Letters to change, add, drop or swap with their neighbour (optimal string alignment), in capitals or not.</summary>
    private static int Distance(string from, string to)
    {
        (from, to) = (from.ToLowerInvariant(), to.ToLowerInvariant());
        int[,] cost = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int change = cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(change, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[from.Length, to.Length];
    }
}
