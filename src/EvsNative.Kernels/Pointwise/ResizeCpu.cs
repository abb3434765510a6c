using System.Runtime.Intrinsics;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Images of another size: every output pixel is a weighted mean of 1, 2 x 2 or 4 x 4 input pixels. Nothing is averaged over more pixels when
/// an image shrinks (no antialiasing).
/// <code>
/// items  output rows
/// reads  x about once from memory (the rows of a window stay in the caches)
/// writes y once
/// </code>
/// </summary>
internal sealed unsafe class ResizeCpu(CpuWorkers workers)
{
    private const int MostTaps = 4;
    private const int Width = 8;

    public void Run(Tensor y, Tensor x, Interpolation interpolation)
    {
        var job = new Job
        {
            Y = y.Floats(),
            X = x.Floats(),
            Channels = y.Shape.C,
            FromH = x.Shape.H,
            FromW = x.Shape.W,
            ToH = y.Shape.H,
            ToW = y.Shape.W,
            Interpolation = interpolation,
        };
        workers.Run(ref job, y.Shape.N * job.ToH, &ResizeRow);
    }

    private static void ResizeRow(Job* job, int item, int worker)
    {
        int image = item / job->ToH, channels = job->Channels;
        float* x = job->X + ((long)image * job->FromH * job->FromW * channels);
        float* y = job->Y + ((long)item * job->ToW * channels);
        float* down = stackalloc float[MostTaps], across = stackalloc float[MostTaps], weights = stackalloc float[MostTaps * MostTaps];
        float** taps = stackalloc float*[MostTaps * MostTaps];
        var (top, rows) = Taps(item % job->ToH, job->FromH, job->ToH, job->Interpolation, down);
        for (int j = 0; j < job->ToW; j++, y += channels)
        {
            var (left, columns) = Taps(j, job->FromW, job->ToW, job->Interpolation, across);
            int count = 0;
            for (int u = 0; u < rows; u++)
            {
                for (int v = 0; v < columns; v++, count++)
                {
                    weights[count] = down[u] * across[v];
                    taps[count] = x + ((((long)(top + u) * job->FromW) + left + v) * channels);
                }
            }

            Mix(y, taps, weights, count, channels);
        }
    }

    private static void Mix(float* y, float** taps, float* weights, int count, int channels)
    {
        int c = 0;
        for (; c + Width <= channels; c += Width)
        {
            var sum = Vector256.Load(taps[0] + c) * weights[0];
            for (int k = 1; k < count; k++) sum = Vector256.MultiplyAddEstimate(Vector256.Load(taps[k] + c), Vector256.Create(weights[k]), sum);
            sum.Store(y + c);
        }

        for (; c < channels; c++)
        {
            float sum = taps[0][c] * weights[0];
            for (int k = 1; k < count; k++) sum = float.MultiplyAddEstimate(taps[k][c], weights[k], sum);
            y[c] = sum;
        }
    }

    /// <summary>The input positions that make up one output position, and their weights. Positions outside are left out, the rest sums to one.</summary>
    private static (int First, int Count) Taps(int target, int from, int to, Interpolation interpolation, float* weights)
    {
        if (interpolation == Interpolation.Nearest)
        {
            weights[0] = 1;
            return ((int)((long)target * from / to), 1);
        }

        int reach = interpolation == Interpolation.Bicubic ? 2 : 1;
        double centre = ((target + 0.5) * from / to) - 0.5, sum = 0;
        int middle = (int)Math.Floor(centre), first = Math.Max(0, middle - reach + 1), last = Math.Min(from - 1, middle + reach);
        for (int i = first; i <= last; i++) sum += Weight(Math.Abs(i - centre), interpolation);
        for (int i = first; i <= last; i++) weights[i - first] = (float)(Weight(Math.Abs(i - centre), interpolation) / sum);
        return (first, last - first + 1);
    }

    /// <summary>The weight of a tap at this distance; for the cubic, Keys' polynomial with a = -0.5.</summary>
    private static double Weight(double distance, Interpolation interpolation)
    {
        if (interpolation == Interpolation.Bilinear) return Math.Max(0, 1 - distance);
        if (distance >= 2) return 0;
        return distance < 1
            ? (((1.5 * distance) - 2.5) * distance * distance) + 1
            : ((((-0.5 * distance) + 2.5) * distance) - 4) * distance + 2;
    }

    private struct Job
    {
        public float* Y, X;
        public int Channels, FromH, FromW, ToH, ToW;
        public Interpolation Interpolation;
    }
}
