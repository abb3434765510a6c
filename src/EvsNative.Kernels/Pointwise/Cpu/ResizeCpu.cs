using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Images of another size: every output pixel is a weighted mean of 1, 2 x 2 or 4 x 4 input pixels. Nothing is averaged over more pixels
/// when an image shrinks (no antialiasing).
/// <code>
/// items  16 output rows of an image; first the input rows are mixed, over their whole length, then the pixels of the mixed row
/// reads  x about once from memory (the rows of a window stay in the caches)
/// writes y once
/// </code>
/// </summary>
internal sealed unsafe class ResizeCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<ResizeCall>, IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int MostTaps = 4;
    private const int RowsPerItem = 16;

    private readonly WorkerBuffers _buffers = new(workers);

    public void Run(in ResizeCall call)
    {
        var (y, x, interpolation) = call;
        var job = new Job
        {
            Y = y.Floats(),
            X = x.Floats(),
            Channels = y.Shape.C,
            FromH = x.Shape.H,
            FromW = x.Shape.W,
            ToH = y.Shape.H,
            ToW = y.Shape.W,
            Parts = (y.Shape.H + RowsPerItem - 1) / RowsPerItem,
            Interpolation = interpolation,
        };
        _buffers.Ensure(((long)job.ToW * sizeof(Window)) + ((long)job.FromW * job.Channels * sizeof(float)));
        job.Memory = _buffers.First;
        job.MemoryStride = _buffers.Stride;
        workers.Run(ref job, y.Shape.N * job.Parts, &ResizeRows);
    }

    public void Dispose() => _buffers.Dispose();

    private static void ResizeRows(Job* job, int item, int worker)
    {
        int image = item / job->Parts, first = item % job->Parts * RowsPerItem, last = Math.Min(first + RowsPerItem, job->ToH);
        long length = (long)job->FromW * job->Channels;
        var across = (Window*)(job->Memory + (worker * job->MemoryStride));
        float* mixed = (float*)(across + job->ToW), x = job->X + (image * job->FromH * length);
        for (int j = 0; j < job->ToW; j++) across[j] = Taps(j, job->FromW, job->ToW, job->Interpolation);
        for (int i = first; i < last; i++)
        {
            var down = Taps(i, job->FromH, job->ToH, job->Interpolation);
            Mix(mixed, x + (down.First * length), length, length, down);
            float* y = job->Y + ((((long)image * job->ToH) + i) * job->ToW * job->Channels);
            for (int j = 0; j < job->ToW; j++, y += job->Channels)
                Mix(y, mixed + ((long)across[j].First * job->Channels), job->Channels, job->Channels, across[j]);
        }
    }

    /// <summary>y = sum over the window's taps of weight * x, the taps <paramref name="stride"/> elements apart.</summary>
    private static void Mix(float* y, float* x, long stride, long count, in Window window)
    {
        long i = 0;
        for (; i + TSimd.Count <= count; i += TSimd.Count)
        {
            var sum = TSimd.Multiply(TSimd.Load(x + i), TSimd.Create(window.Weights[0]));
            for (int k = 1; k < window.Count; k++)
                sum = TSimd.MultiplyAdd(TSimd.Load(x + (k * stride) + i), TSimd.Create(window.Weights[k]), sum);
            TSimd.Store(sum, y + i);
        }

        for (; i < count; i++)
        {
            float sum = x[i] * window.Weights[0];
            for (int k = 1; k < window.Count; k++) sum = float.MultiplyAddEstimate(x[(k * stride) + i], window.Weights[k], sum);
            y[i] = sum;
        }
    }

    /// <summary>
    /// The input positions that make up one output position, and their weights. Positions outside are left out, the rest sums to one.
    /// </summary>
    private static Window Taps(int target, int from, int to, Interpolation interpolation)
    {
        var window = default(Window);
        if (interpolation == Interpolation.Nearest)
        {
            (window.First, window.Count, window.Weights[0]) = ((int)((long)target * from / to), 1, 1);
            return window;
        }

        int reach = interpolation == Interpolation.Bicubic ? 2 : 1;
        double centre = ((target + 0.5) * from / to) - 0.5, sum = 0;
        int middle = (int)Math.Floor(centre), first = Math.Max(0, middle - reach + 1), last = Math.Min(from - 1, middle + reach);
        for (int i = first; i <= last; i++) sum += Weight(Math.Abs(i - centre), interpolation);
        for (int i = first; i <= last; i++) window.Weights[i - first] = (float)(Weight(Math.Abs(i - centre), interpolation) / sum);
        (window.First, window.Count) = (first, last - first + 1);
        return window;
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
        public byte* Memory;
        public long MemoryStride;
        public int Channels, FromH, FromW, ToH, ToW, Parts;
        public Interpolation Interpolation;
    }

    /// <summary>The input positions that make up one output position, and their weights.</summary>
    private struct Window
    {
        public int First, Count;
        public fixed float Weights[MostTaps];
    }
}
