namespace EvsNative.Pipelines.Pictures;

/// <summary>The filters of PNG's rows (specification, 9.2): a byte was written as its difference to bytes left of it and above.</summary>
internal static class PngFilter
{
    /// <summary>Puts a row's bytes back in their place.</summary>
    /// <param name="kind">0 none, 1 left, 2 above, 3 the mean of both, 4 the nearest of left, above, above left (Paeth)</param>
    /// <param name="row">the bytes, changed</param>
    /// <param name="above">the row before, zeros for the first one</param>
    /// <param name="step">how far left the same sample of the pixel before lies</param>
    /// <exception cref="InvalidDataException">there is no such filter</exception>
    public static void Undo(byte kind, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        above = above[..row.Length];
        switch (kind)
        {
            case 0:
                break;
            case 1:
                for (int i = step; i < row.Length; i++) row[i] += row[i - step];
                break;
            case 2:
                for (int i = 0; i < row.Length; i++) row[i] += above[i];
                break;
            case 3:
                for (int i = 0; i < row.Length; i++) row[i] += (byte)(((i < step ? 0 : row[i - step]) + above[i]) / 2);
                break;
            case 4:
                for (int i = 0; i < row.Length; i++)
                    row[i] += i < step ? above[i] : Paeth(row[i - step], above[i], above[i - step]);
                break;
            default:
                throw new InvalidDataException($"a row has filter {kind}, which PNG does not have");
        }
    }

    private static byte Paeth(int left, int above, int aboveLeft)
    {
        int guess = left + above - aboveLeft;
        int byLeft = Math.Abs(guess - left), byAbove = Math.Abs(guess - above), byBoth = Math.Abs(guess - aboveLeft);
        return (byte)(byLeft <= byAbove && byLeft <= byBoth ? left : byAbove <= byBoth ? above : aboveLeft);
    }
}
