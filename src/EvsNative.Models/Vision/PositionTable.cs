namespace EvsNative.Models;

/// <summary>
/// A square table of positions resized to another number of patches, by cubic interpolation with a = -0.75 in both directions. Source:
/// facebookresearch/dino, vision_transformer.py, interpolate_pos_encoding, by way of torch's bicubic interpolation; computed in float64.
/// </summary>
internal static class PositionTable
{
    private const double A = -0.75;

    /// <summary>What DINO adds to the number of patches against rounding. It shifts every entry a little, so it belongs to the result.
    /// </summary>
    private const double Slack = 0.1;

    /// <param name="table">[grid,grid,C]</param>
    /// <param name="grid">entries along a side</param>
    /// <param name="rows">of the result</param>
    /// <param name="columns">of the result</param>
    /// <returns>[rows,columns,C]</returns>
    public static float[] Resize(ReadOnlySpan<float> table, int grid, int rows, int columns)
    {
        int channels = table.Length / (grid * grid);
        double[] tall = new double[rows * grid * channels];
        for (int row = 0; row < rows; row++)
        {
            var line = tall.AsSpan(row * grid * channels, grid * channels);
            foreach (var (source, weight) in Taps(row, grid, rows))
            {
                var from = table.Slice(source * grid * channels, grid * channels);
                for (int i = 0; i < line.Length; i++) line[i] += weight * from[i];
            }
        }

        float[] resized = new float[rows * columns * channels];
        double[] sums = new double[channels];
        for (int column = 0; column < columns; column++)
        {
            var taps = Taps(column, grid, columns);
            for (int row = 0; row < rows; row++)
            {
                Array.Clear(sums);
                foreach (var (source, weight) in taps)
                {
                    var from = tall.AsSpan(((row * grid) + source) * channels, channels);
                    for (int c = 0; c < channels; c++) sums[c] += weight * from[c];
                }

                var to = resized.AsSpan(((row * columns) + column) * channels, channels);
                for (int c = 0; c < channels; c++) to[c] = (float)sums[c];
            }
        }

        return resized;
    }

    /// <summary>The four entries around a target's place, with their weights; beyond the edge the last entry stands for all.</summary>
    private static (int Source, double Weight)[] Taps(int target, int from, int to)
    {
        double place = ((target + 0.5) * from / (to + Slack)) - 0.5;
        int before = (int)Math.Floor(place);
        double t = place - before;
        double[] weights = [Far(1 + t), Near(t), Near(1 - t), Far(2 - t)];
        return [.. weights.Select((weight, k) => (Math.Clamp(before - 1 + k, 0, from - 1), weight))];
    }

    /// <summary>The weight of an entry at most one away.</summary>
    private static double Near(double distance) => ((((A + 2) * distance) - (A + 3)) * distance * distance) + 1;

    /// <summary>The weight of an entry between one and two away.</summary>
    private static double Far(double distance) =>
        (((((A * distance) - (5 * A)) * distance) + (8 * A)) * distance) - (4 * A);
}
