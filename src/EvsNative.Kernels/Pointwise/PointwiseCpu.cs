using System.Runtime.Intrinsics;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// What treats every element by itself: each input is read once, the result written once, in chunks that fit the first caches. The floor is
/// those bytes over memory bandwidth.
/// </summary>
internal sealed unsafe class PointwiseCpu(CpuWorkers workers)
{
    private const int Chunk = 16384;
    private const int Width = 8;

    public void Embed(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids)
    {
        fixed (int* pinned = ids)
        {
            var job = new EmbedJob
            {
                Y = y.Floats(),
                Table = table.Floats(),
                Positions = positions.Floats(),
                Ids = pinned,
                Tokens = y.Shape.W,
                Channels = y.Shape.C,
            };
            workers.Run(ref job, (int)y.Shape.Rows, &EmbedToken);
        }
    }

    public void Combine(Tensor y, float a, Tensor x, float b, Tensor? x2, float c, Tensor? x3)
    {
        var job = new Job { Y = y.Floats(), X = x.Floats(), X2 = x2.Floats(), X3 = x3.Floats(), A = a, B = b, C = c, Count = y.Shape.Count };
        workers.Run(ref job, Chunks(job.Count), &CombineChunk);
    }

    public void Activate(Tensor y, Tensor x, Activation activation)
    {
        var job = new Job { Y = y.Floats(), X = x.Floats(), Count = y.Shape.Count };
        workers.Run(ref job, Chunks(job.Count), activation switch
        {
            Activation.Silu => &ActivateChunk<SiluActivation>,
            Activation.QuickGelu => &ActivateChunk<QuickGeluActivation>,
            Activation.Gelu => &ActivateChunk<GeluActivation>,
            _ => &ActivateChunk<NoActivation>,
        });
    }

    public void Copy(Tensor y, Tensor x)
    {
        var job = new Job { Y = y.Floats(), X = x.Floats(), Count = y.Shape.Count };
        workers.Run(ref job, Chunks(job.Count), &CopyChunk);
    }

    public long CountNonFinite(Tensor x)
    {
        var job = new Job { X = x.Floats(), Count = x.Shape.Count };
        workers.Run(ref job, Chunks(job.Count), &CountChunk);
        return job.Found;
    }

    private static int Chunks(long count) => checked((int)((count + Chunk - 1) / Chunk));

    private static void EmbedToken(EmbedJob* job, int item, int worker)
    {
        int channels = job->Channels;
        float* y = job->Y + ((long)item * channels);
        float* word = job->Table + ((long)job->Ids[item] * channels), position = job->Positions + ((long)(item % job->Tokens) * channels);
        int c = 0;
        for (; c + Width <= channels; c += Width) (Vector256.Load(word + c) + Vector256.Load(position + c)).Store(y + c);
        for (; c < channels; c++) y[c] = word[c] + position[c];
    }

    private static void CombineChunk(Job* job, int item, int worker)
    {
        var (i, end) = Range(job, item);
        float* y = job->Y, x = job->X, x2 = job->X2, x3 = job->X3;
        var (a, b, c) = (Vector256.Create(job->A), Vector256.Create(job->B), Vector256.Create(job->C));
        for (; i + Width <= end; i += Width)
        {
            var v = a * Vector256.Load(x + i);
            if (x2 != null) v = Vector256.MultiplyAddEstimate(b, Vector256.Load(x2 + i), v);
            if (x3 != null) v = Vector256.MultiplyAddEstimate(c, Vector256.Load(x3 + i), v);
            v.Store(y + i);
        }

        for (; i < end; i++)
        {
            float v = job->A * x[i];
            if (x2 != null) v = float.MultiplyAddEstimate(job->B, x2[i], v);
            if (x3 != null) v = float.MultiplyAddEstimate(job->C, x3[i], v);
            y[i] = v;
        }
    }

    private static void ActivateChunk<TActivation>(Job* job, int item, int worker) where TActivation : struct, IActivation
    {
        var (i, end) = Range(job, item);
        float* y = job->Y, x = job->X;
        for (; i + Width <= end; i += Width) TActivation.Of<Simd256, Vector256<float>>(Vector256.Load(x + i)).Store(y + i);
        for (; i < end; i++) y[i] = TActivation.Of<Simd256, Vector256<float>>(Vector256.CreateScalar(x[i])).ToScalar();
    }

    private static void CopyChunk(Job* job, int item, int worker)
    {
        var (first, end) = Range(job, item);
        long bytes = (end - first) * sizeof(float);
        Buffer.MemoryCopy(job->X + first, job->Y + first, bytes, bytes);
    }

    private static void CountChunk(Job* job, int item, int worker)
    {
        var (i, end) = Range(job, item);
        long found = 0;
        for (; i < end; i++) found += float.IsFinite(job->X[i]) ? 0 : 1;
        Interlocked.Add(ref job->Found, found);
    }

    private static (long First, long End) Range(Job* job, int item) => ((long)item * Chunk, Math.Min((long)(item + 1) * Chunk, job->Count));

    private struct Job
    {
        public float* Y, X, X2, X3;
        public float A, B, C;
        public long Count, Found;
    }

    private struct EmbedJob
    {
        public float* Y, Table, Positions;
        public int* Ids;
        public int Tokens, Channels;
    }
}
