namespace EvsNative.Models.Tests.Evs;

/// <summary>How far neighbouring frames of a clip differ, pair by pair, in grey levels of 8 bits.</summary>
internal static class PairMeasures
{
    private const int Block = 8, Reach = 4;

    /// <summary>Mean difference of luma between each frame and the next.</summary>
    /// <param name="clip">[F,h,w,3]</param>
    /// <param name="h">height</param>
    /// <param name="w">width</param>
    public static double[] Flicker(byte[] clip, int h, int w)
    {
        float[][] luma = Luma(clip, h, w);
        return [.. luma.Zip(luma.Skip(1), (a, b) => a.Zip(b, (p, q) => (double)Math.Abs(p - q)).Average())];
    }

    /// <summary>The same after each block of 8x8 was looked for in the frame before, up to 4 pixels away.</summary>
    /// <param name="clip">[F,h,w,3], h and w multiples of 8</param>
    /// <param name="h">height</param>
    /// <param name="w">width</param>
    public static double[] Residual(byte[] clip, int h, int w)
    {
        float[][] luma = Luma(clip, h, w);
        double[] residual = new double[luma.Length - 1];
        Parallel.For(0, residual.Length, pair =>
        {
            double sum = 0;
            for (int y = 0; y < h; y += Block)
                for (int x = 0; x < w; x += Block) sum += BestMatch(luma[pair], luma[pair + 1], h, w, y, x);
            residual[pair] = sum / (h * w);
        });
        return residual;
    }

    private static double BestMatch(float[] before, float[] after, int h, int w, int top, int left)
    {
        double best = double.MaxValue;
        for (int dy = -Reach; dy <= Reach; dy++)
        {
            for (int dx = -Reach; dx <= Reach; dx++)
            {
                double sum = 0;
                for (int y = top; y < top + Block && sum < best; y++)
                {
                    int row = Math.Clamp(y + dy, 0, h - 1) * w;
                    for (int x = left; x < left + Block; x++)
                        sum += Math.Abs(after[(y * w) + x] - before[row + Math.Clamp(x + dx, 0, w - 1)]);
                }

                best = Math.Min(best, sum);
            }
        }

        return best;
    }

    private static float[][] Luma(byte[] clip, int h, int w) =>
        [.. clip.Chunk(h * w * 3).Select(frame =>
        {
            float[] luma = new float[h * w];
            for (int i = 0; i < luma.Length; i++)
                luma[i] = (0.299f * frame[i * 3]) + (0.587f * frame[(i * 3) + 1]) + (0.114f * frame[(i * 3) + 2]);
            return luma;
        })];
}
