namespace EvsNative.Models;

/// <summary>
/// Pictures that go through a network together: as many as keep its largest activation within a budget, one at least. Each is on its own,
/// so grouping changes no value; it spares reading the weights again for each.
/// </summary>
internal static class PictureGroups
{
    /// <summary>Bytes of the largest activation of a group, unless told otherwise.</summary>
    public const long DefaultBudgetBytes = 1L << 26;

    /// <param name="pictures">how many there are</param>
    /// <param name="largestNumbers">numbers of one picture's largest activation</param>
    /// <param name="budgetBytes">bytes that those of a group may take</param>
    public static IEnumerable<(int First, int Count)> Of(int pictures, long largestNumbers, long budgetBytes)
    {
        int size = (int)Math.Clamp(budgetBytes / (sizeof(float) * largestNumbers), 1, pictures);
        for (int first = 0; first < pictures; first += size) yield return (first, Math.Min(size, pictures - first));
    }
}
