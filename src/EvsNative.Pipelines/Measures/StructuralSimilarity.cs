using System.Buffers;
using System.Numerics;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Measures;

/// <summary>
/// SSIM of two frames (Wang, Bovik, Sheikh, Simoncelli 2004): means, variances and covariance of their luma under a Gaussian window of
/// 11x11 places, standard deviation 1.5, at every place where the window lies inside the frame; the mean over these places. 1 for equal
/// frames, about 0 where nothing is common. Colour is not looked at.
/// </summary>
internal static class StructuralSimilarity
{
    /// <summary>Places of the window in a row: frames that are smaller have no SSIM.</summary>
    public const int Window = 11;

    private const double Deviation = 1.5, Range = 255;

    /// <summary>What keeps a quotient of two zeros at 1.</summary>
    private const float ForMeans = (float)(0.01 * Range * (0.01 * Range)), ForVariances = (float)(0.03 * Range * (0.03 * Range));

    /// <summary>Moments of a pair of frames: both means, both squares, the product.</summary>
    private const int Moments = 5;

    private static readonly float[] Weights = Gaussian();

    /// <summary>Whether frames are large enough for a window.</summary>
    public static bool Fits(VideoFormat format) => format.Height >= Window && format.Width >= Window;

    /// <summary>The mean over all windows of a frame.</summary>
    /// <param name="a">a frame</param>
    /// <param name="b">the other one, of the same size, at least a window large</param>
    public static double Of(Luma a, Luma b)
    {
        int width = a.Width, rows = a.Height - Window + 1, columns = width - Window + 1;
        float[] tall = ArrayPool<float>.Shared.Rent(Moments * width), all = ArrayPool<float>.Shared.Rent(Moments * columns);
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            Down(a.Values[(row * width)..], b.Values[(row * width)..], width, tall);
            for (int m = 0; m < Moments; m++) Across(tall.AsSpan(m * width, width), all.AsSpan(m * columns, columns));
            double line = 0;
            for (int x = 0; x < columns; x++)
                line += At(all[x], all[columns + x], all[2 * columns + x], all[3 * columns + x], all[4 * columns + x]);
            sum += line;
        }

        ArrayPool<float>.Shared.Return(tall);
        ArrayPool<float>.Shared.Return(all);
        return sum / ((double)rows * columns);
    }

    private static double At(float meanA, float meanB, float squareA, float squareB, float product)
    {
        float means = meanA * meanB, both = meanA * meanA + meanB * meanB;
        float variances = squareA + squareB - both, covariance = product - means;
        return (2 * means + ForMeans) * (double)(2 * covariance + ForVariances) / ((both + ForMeans) * (double)(variances + ForVariances));
    }

    /// <summary>Moments of the columns of a window's rows.</summary>
    private static void Down(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int width, Span<float> moments)
    {
        moments[..(Moments * width)].Clear();
        for (int k = 0; k < Window; k++)
        {
            float weight = Weights[k];
            ReadOnlySpan<float> rowA = a.Slice(k * width, width), rowB = b.Slice(k * width, width);
            int x = 0;
            for (; x + Vector<float>.Count <= width; x += Vector<float>.Count)
            {
                Vector<float> pixelA = new(rowA[x..]), pixelB = new(rowB[x..]), weighted = pixelA * weight, weightedB = pixelB * weight;
                Add(moments[x..], weighted);
                Add(moments[(width + x)..], weightedB);
                Add(moments[(2 * width + x)..], weighted * pixelA);
                Add(moments[(3 * width + x)..], weightedB * pixelB);
                Add(moments[(4 * width + x)..], weighted * pixelB);
            }

            for (; x < width; x++)
            {
                float pixelA = rowA[x], pixelB = rowB[x], weighted = pixelA * weight, weightedB = pixelB * weight;
                moments[x] += weighted;
                moments[width + x] += weightedB;
                moments[2 * width + x] += weighted * pixelA;
                moments[3 * width + x] += weightedB * pixelB;
                moments[4 * width + x] += weighted * pixelB;
            }
        }
    }

    /// <summary>A row of column sums under the windows that lie in it.</summary>
    private static void Across(ReadOnlySpan<float> row, Span<float> windows)
    {
        int x = 0;
        for (; x + Vector<float>.Count <= windows.Length; x += Vector<float>.Count)
        {
            var sum = Vector<float>.Zero;
            for (int k = 0; k < Window; k++) sum += new Vector<float>(row[(x + k)..]) * Weights[k];
            sum.CopyTo(windows[x..]);
        }

        for (; x < windows.Length; x++)
        {
            float sum = 0;
            for (int k = 0; k < Window; k++) sum += row[x + k] * Weights[k];
            windows[x] = sum;
        }
    }

    private static void Add(Span<float> to, Vector<float> more) => (new Vector<float>(to) + more).CopyTo(to);

    private static float[] Gaussian()
    {
        double[] bell = [.. Enumerable.Range(0, Window).Select(i => Math.Exp(-Math.Pow((i - Window / 2) / Deviation, 2) / 2))];
        return [.. bell.Select(value => (float)(value / bell.Sum()))];
    }
}
