using System.Runtime.Intrinsics;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Tests.Measures;

/// <summary>
/// The measures of a clip that is all in memory, one block and one frame after the other: what frames that pass by must give.
/// </summary>
internal static class WholeClipMeasures
{
    private const int Block = 8, Reach = 8;

    public static VideoMeasures Of(VideoFrames video, VideoFrames? reference)
    {
        int pairs = video.Count - 1;
        double[] flicker = new double[video.Count], residual = new double[video.Count], sharpness = new double[video.Count];
        for (int t = 0; t < video.Count; t++)
        {
            using Luma here = new(video.Format), next = new(video.Format);
            here.Read(video.Frame(t));
            sharpness[t] = here.Gradients();
            if (t == pairs) break;
            next.Read(video.Frame(t + 1));
            flicker[t] = here.Difference(next);
            residual[t] = Residual(here, next);
        }

        double blocks = (double)(video.Height / Block) * (video.Width / Block) * Block * Block;
        return new VideoMeasures(
            Mean(flicker, pairs, (double)video.Height * video.Width),
            Mean(residual, pairs, blocks),
            Mean(sharpness, video.Count, Math.Max(0.0, video.Height - 2) * Math.Max(0, video.Width - 2)),
            reference is null ? null : VideoMeasures.PsnrOf(video, reference));
    }

    private static double? Mean(double[] sums, int count, double pixels) => count > 0 && pixels > 0 ? sums.Sum() / (count * pixels) : null;

    private static double Residual(Luma earlier, Luma later)
    {
        int rows = later.Height / Block, columns = later.Width / Block;
        double sum = 0;
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++) sum += Least(earlier, later, row * Block, column * Block, rows, columns);
        return sum;
    }

    /// <summary>
    /// The best of 17x17 places. Differences are added up as eight lanes, even and odd rows apart, and the lanes by halves: the order in
    /// which a vector of eight does it.
    /// </summary>
    private static float Least(Luma earlier, Luma later, int y, int x, int rows, int columns)
    {
        float least = float.PositiveInfinity;
        for (int dy = -Reach; dy <= Reach; dy++)
        {
            for (int dx = -Reach; dx <= Reach; dx++)
            {
                float[] even = new float[Block], odd = new float[Block];
                for (int row = 0; row < Block; row++)
                {
                    for (int lane = 0; lane < Block; lane++)
                    {
                        int fromY = Math.Clamp(y + dy + row, 0, rows * Block - 1);
                        int fromX = Math.Clamp(x + dx + lane, 0, columns * Block - 1);
                        float apart = Math.Abs(
                            later.Values[(y + row) * later.Width + x + lane] - earlier.Values[fromY * earlier.Width + fromX]);
                        float[] sums = row % 2 == 0 ? even : odd;
                        sums[lane] = row < 2 ? apart : sums[lane] + apart;
                    }
                }

                least = Math.Min(least, Vector256.Sum(Vector256.Create(even) + Vector256.Create(odd)));
            }
        }

        return least;
    }
}
