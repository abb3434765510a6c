namespace EvsNative.Layers;

/// <summary>
/// Some rows of a picture, and with them one row more on each side where the picture has one: what a 3x3 convolution reads for them.
/// </summary>
/// <param name="First">the first of the rows</param>
/// <param name="Count">how many</param>
/// <param name="Above">1 if a row above them is read too, 0 at the picture's edge</param>
/// <param name="Below">the same below them</param>
internal readonly record struct RowBand(int First, int Count, int Above, int Below)
{
    /// <summary>The first row that is read.</summary>
    public int From => First - Above;

    /// <summary>Rows that are read.</summary>
    public int Length => Above + Count + Below;

    /// <summary>All bands of a picture, from its top to its bottom.</summary>
    /// <param name="height">rows of the picture</param>
    /// <param name="rows">rows of a band; the last may have fewer</param>
    public static IEnumerable<RowBand> Of(int height, int rows)
    {
        for (int first = 0; first < height; first += rows)
        {
            int count = Math.Min(rows, height - first);
            yield return new RowBand(first, count, first > 0 ? 1 : 0, first + count < height ? 1 : 0);
        }
    }
}
