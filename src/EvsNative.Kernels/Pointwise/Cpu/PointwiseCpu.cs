using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// What treats every element by itself: each input is read once, the result written once, in chunks that fit the first caches. The floor is
/// those bytes over memory bandwidth.
/// </summary>
internal sealed unsafe class PointwiseCpu<TSimd, TVector>(CpuWorkers workers)
    : IOperation<EmbedCall>, IOperation<CombineCall>, IOperation<ActivateCall>, IOperation<CopyCall>, IOperation<CountNonFiniteCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int Chunk = 16384;

    public void Run(in EmbedCall call)
    {
        fixed (int* pinned = call.Ids)
        {
            var job = new EmbedJob
            {
                Y = call.Y.Floats(),
                Table = call.Table.Floats(),
                Positions = call.Positions.Floats(),
                Ids = pinned,
                Tokens = call.Y.Shape.W,
                Channels = call.Y.Shape.C,
            };
            workers.Run(ref job, (int)call.Y.Shape.Rows, &EmbedToken);
        }
    }

    public void Run(in CombineCall call)
    {
        var (y, a, x, b, x2, c, x3) = call;
        var job = new Job { Y = y.Floats(), X = x.Floats(), X2 = x2.Floats(), X3 = x3.Floats(), A = a, B = b, C = c };
        job.Count = y.Shape.Count;
        workers.Run(ref job, Chunks(job.Count), &CombineChunk);
    }

    public void Run(in ActivateCall call)
    {
        var (y, x, activation) = call;
        var job = new Job { Y = y.Floats(), X = x.Floats(), Count = y.Shape.Count };
        workers.Run(ref job, Chunks(job.Count), activation switch
        {
            Activation.Silu => &ActivateChunk<SiluActivation>,
            Activation.QuickGelu => &ActivateChunk<QuickGeluActivation>,
            Activation.Gelu => &ActivateChunk<GeluActivation>,
            Activation.Relu => &ActivateChunk<ReluActivation>,
            Activation.GeluTanh => &ActivateChunk<GeluTanhActivation>,
            Activation.Sigmoid => &ActivateChunk<SigmoidActivation>,
            _ => &ActivateChunk<NoActivation>,
        });
    }

    public void Run(in CopyCall call)
    {
        var (y, x) = call;
        var job = new Job { Y = y.Floats(), X = x.Floats(), Count = y.Shape.Count };
        workers.Run(ref job, Chunks(job.Count), &CopyChunk);
    }

    public void Run(in CountNonFiniteCall call)
    {
        var job = new Job { X = call.X.Floats(), Count = call.X.Shape.Count };
        workers.Run(ref job, Chunks(job.Count), &CountChunk);
        call.Found = job.Found;
    }

    private static int Chunks(long count) => checked((int)((count + Chunk - 1) / Chunk));

    private static void EmbedToken(EmbedJob* job, int item, int worker)
    {
        int channels = job->Channels;
        float* y = job->Y + ((long)item * channels);
        float* word = job->Table + ((long)job->Ids[item] * channels), position = job->Positions + ((long)(item % job->Tokens) * channels);
        int c = 0;
        for (; c + TSimd.Count <= channels; c += TSimd.Count) TSimd.Store(TSimd.Add(TSimd.Load(word + c), TSimd.Load(position + c)), y + c);
        for (; c < channels; c++) y[c] = word[c] + position[c];
    }

    private static void CombineChunk(Job* job, int item, int worker)
    {
        var (i, end) = Range(job, item);
        float* y = job->Y, x = job->X, x2 = job->X2, x3 = job->X3;
        TVector a = TSimd.Create(job->A), b = TSimd.Create(job->B), c = TSimd.Create(job->C);
        for (; i + TSimd.Count <= end; i += TSimd.Count)
        {
            var v = TSimd.Multiply(a, TSimd.Load(x + i));
            if (x2 != null) v = TSimd.MultiplyAdd(b, TSimd.Load(x2 + i), v);
            if (x3 != null) v = TSimd.MultiplyAdd(c, TSimd.Load(x3 + i), v);
            TSimd.Store(v, y + i);
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
        for (; i + TSimd.Count <= end; i += TSimd.Count) TSimd.Store(TActivation.Of<TSimd, TVector>(TSimd.Load(x + i)), y + i);
        for (; i < end; i++) y[i] = TSimd.First(TActivation.Of<TSimd, TVector>(TSimd.Create(x[i])));
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
        TVector count = default, one = TSimd.Create(1), largest = TSimd.Create(float.MaxValue);
        for (; i + TSimd.Count <= end; i += TSimd.Count)
            count = TSimd.Add(count, TSimd.SelectLessOrEqual(TSimd.Abs(TSimd.Load(job->X + i)), largest, default, one));
        long found = (long)TSimd.Sum(count);
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
