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
internal sealed unsafe class LayerNormCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<LayerNormCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int ChunkElements = 16384;

    public void Run(in LayerNormCall call)
    {
        var (y, x, weight, bias, eps, perImage) = call;
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
        TVector a = default, b = default;
        int c = 0;
        for (; c + (2 * TSimd.Count) <= channels; c += 2 * TSimd.Count)
        {
            a = TSimd.Add(a, TSimd.Load(x + c));
            b = TSimd.Add(b, TSimd.Load(x + c + TSimd.Count));
        }

        float sum = TSimd.Sum(TSimd.Add(a, b));
        for (; c < channels; c++) sum += x[c];
        return sum;
    }

    private static (float Sum, float Square) Moments(float* x, int channels, float mean)
    {
        TVector m = TSimd.Create(mean), s0 = default, s1 = default, q0 = default, q1 = default;
        int c = 0;
        for (; c + (2 * TSimd.Count) <= channels; c += 2 * TSimd.Count)
        {
            TVector d0 = TSimd.Subtract(TSimd.Load(x + c), m), d1 = TSimd.Subtract(TSimd.Load(x + c + TSimd.Count), m);
            s0 = TSimd.Add(s0, d0);
            s1 = TSimd.Add(s1, d1);
            q0 = TSimd.MultiplyAdd(d0, d0, q0);
            q1 = TSimd.MultiplyAdd(d1, d1, q1);
        }

        float sum = TSimd.Sum(TSimd.Add(s0, s1)), square = TSimd.Sum(TSimd.Add(q0, q1));
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
        TVector m = TSimd.Create(mean), r = TSimd.Create(rest), s = TSimd.Create(scale);
        int c = 0;
        for (; c + TSimd.Count <= job->Channels; c += TSimd.Count)
        {
            var d = TSimd.Multiply(TSimd.Subtract(TSimd.Subtract(TSimd.Load(x + c), m), r), s);
            var v = TSimd.MultiplyAdd(d, TSimd.Load(job->Weight + c), TSimd.Load(job->Bias + c));
            if (added != null) v = TSimd.Add(v, TSimd.Load(added + c));
            TSimd.Store(v, y + c);
        }

        for (; c < job->Channels; c++)
            y[c] = ((x[c] - mean - rest) * scale * job->Weight[c]) + job->Bias[c] + (added != null ? added[c] : 0);
    }

    private struct Job
    {
        public float* Y, X, Weight, Bias, PerImage;
        public long Rows;
        public int Vectors, Pixels, Channels, Chunk;
        public float Eps;
    }
}
