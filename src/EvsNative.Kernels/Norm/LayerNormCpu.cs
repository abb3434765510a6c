using System.Runtime.Intrinsics;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Layer normalisation of rows, with a vector per image added (the frames' positions).
/// <code>
/// items  chunks of rows
/// reads  x once from memory, twice more from the first cache; weight, bias, perImage
/// writes y once
/// floor  2 * rows*C * 4 bytes over memory bandwidth
/// </code>
/// The mean first, then the moments of x - mean; their first moment corrects the rounding of the mean.
/// </summary>
internal sealed unsafe class LayerNormCpu(CpuWorkers workers)
{
    private const int ChunkElements = 16384;
    private const int Width = 8;

    public void Run(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage)
    {
        var shape = y.Shape;
        var job = new Job
        {
            Y = y.Floats(),
            X = x.Floats(),
            Weight = weight.Floats(),
            Bias = bias.Floats(),
            PerImage = perImage.Floats(),
            Vectors = perImage is { } vectors ? vectors.Shape.N : 1,
            Rows = shape.Rows,
            Pixels = shape.Pixels,
            Channels = shape.C,
            Chunk = Math.Max(1, ChunkElements / shape.C),
            Eps = eps,
        };
        workers.Run(ref job, (int)((job.Rows + job.Chunk - 1) / job.Chunk), &NormaliseRows);
    }

    private static void NormaliseRows(Job* job, int item, int worker)
    {
        int channels = job->Channels;
        long first = (long)item * job->Chunk, end = Math.Min(first + job->Chunk, job->Rows);
        for (long row = first; row < end; row++)
        {
            float* x = job->X + (row * channels);
            float mean = Sum(x, channels) / channels;
            var (sum, square) = Moments(x, channels, mean);
            float rest = sum / channels;
            float scale = 1 / MathF.Sqrt(MathF.Max(0, (square / channels) - (rest * rest)) + job->Eps);
            float* added = job->PerImage == null ? null : job->PerImage + (row / job->Pixels % job->Vectors * channels);
            Write(job, job->Y + (row * channels), x, mean, rest, scale, added);
        }
    }

    private static float Sum(float* x, int channels)
    {
        Vector256<float> a = default, b = default;
        int c = 0;
        for (; c + (2 * Width) <= channels; c += 2 * Width)
        {
            a += Vector256.Load(x + c);
            b += Vector256.Load(x + c + Width);
        }

        float sum = Vector256.Sum(a + b);
        for (; c < channels; c++) sum += x[c];
        return sum;
    }

    private static (float Sum, float Square) Moments(float* x, int channels, float mean)
    {
        Vector256<float> m = Vector256.Create(mean), s0 = default, s1 = default, q0 = default, q1 = default;
        int c = 0;
        for (; c + (2 * Width) <= channels; c += 2 * Width)
        {
            var d0 = Vector256.Load(x + c) - m;
            var d1 = Vector256.Load(x + c + Width) - m;
            s0 += d0;
            s1 += d1;
            q0 = Vector256.MultiplyAddEstimate(d0, d0, q0);
            q1 = Vector256.MultiplyAddEstimate(d1, d1, q1);
        }

        float sum = Vector256.Sum(s0 + s1), square = Vector256.Sum(q0 + q1);
        for (; c < channels; c++)
        {
            float d = x[c] - mean;
            sum += d;
            square += d * d;
        }

        return (sum, square);
    }

    private static void Write(Job* job, float* y, float* x, float mean, float rest, float scale, float* added)
    {
        var (m, r, s) = (Vector256.Create(mean), Vector256.Create(rest), Vector256.Create(scale));
        int c = 0;
        for (; c + Width <= job->Channels; c += Width)
        {
            var d = (Vector256.Load(x + c) - m - r) * s;
            var v = Vector256.MultiplyAddEstimate(d, Vector256.Load(job->Weight + c), Vector256.Load(job->Bias + c));
            if (added != null) v += Vector256.Load(added + c);
            v.Store(y + c);
        }

        for (; c < job->Channels; c++) y[c] = ((x[c] - mean - rest) * scale * job->Weight[c]) + job->Bias[c] + (added != null ? added[c] : 0);
    }

    private struct Job
    {
        public float* Y, X, Weight, Bias, PerImage;
        public long Rows;
        public int Vectors, Pixels, Channels, Chunk;
        public float Eps;
    }
}
