using System.Runtime.CompilerServices;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Window;

/// <summary>
/// A convolution of each channel by itself. Channels lie across the lanes; the window that an item reads is copied once, with its zeros,
/// so that nobody looks for the edges of the picture in the inner loop and rows lie side by side in the caches.
/// <code>
/// items  an image x a band of rows x a vector of channels
/// reads  x once for each frame of the filter and a little more, each weight once for 14 pixels, whose sums are registers
/// writes y once
/// floor  a fused multiply-add for each tap, one load for each of them: taps * elements / (threads * 2 * vector width * clock) seconds
/// </code>
/// A sum begins with the bias and goes through frames, rows and columns, wherever the pixel stands in its item.
/// </summary>
internal sealed unsafe class DepthwiseCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<DepthwiseCall>, IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    // Pixels whose sums are in registers. Sides of pictures are often multiples of 14 or 7: patches of 224 pixels are.
    private const int Wide = 14, Narrow = 7;

    // Of a window, so that it stays in the second cache; and rows that a band has at least, since rows around it are copied with it.
    private const int WindowBytes = 128 << 10, LeastRows = 8;

    private readonly WorkerBuffers _buffers = new(workers);

    public void Run(in DepthwiseCall call)
    {
        var (y, x, filter, bias, frames) = call;
        var (kernel, shape) = (filter.Shape, x.Shape);
        int width = Padded(shape.W) + kernel.W - 1;
        long rowBytes = (long)width * kernel.N * TSimd.Count * sizeof(float);
        int rows = Math.Min(shape.H, (int)Math.Max(LeastRows, (WindowBytes / rowBytes) - kernel.H + 1));
        var job = new Job
        {
            Y = y.Floats(),
            X = x.Floats(),
            Filter = filter.Floats(),
            Bias = bias.Floats(),
            Shape = shape,
            Kernel = kernel,
            Frames = frames,
            Width = width,
            Rows = rows,
            Bands = (shape.H + rows - 1) / rows,
            Blocks = (shape.C + TSimd.Count - 1) / TSimd.Count,
        };
        int vectors = (kernel.N * kernel.Pixels) + 1 + Wide;
        _buffers.Ensure(((long)vectors * TSimd.Count * sizeof(float)) + (rowBytes * (rows + kernel.H - 1)));
        job.Memory = _buffers.First;
        job.MemoryStride = _buffers.Stride;
        workers.Run(ref job, checked(shape.N * job.Bands * job.Blocks), &Item);
    }

    public void Dispose() => _buffers.Dispose();

    /// <summary>Pixels of a row whose sums are computed, the last ones for nothing.</summary>
    private static int Padded(int width)
    {
        int rest = width % Wide;
        return width - rest + (rest == 0 ? 0 : rest <= Narrow ? Narrow : Wide);
    }

    private static void Item(Job* job, int item, int worker)
    {
        int block = item % job->Blocks, band = item / job->Blocks % job->Bands, image = item / job->Blocks / job->Bands;
        int c = block * TSimd.Count, channels = Math.Min(TSimd.Count, job->Shape.C - c);
        int first = band * job->Rows, rows = Math.Min(job->Rows, job->Shape.H - first);

        // Frames of the filter that the clip has.
        int frame = image % job->Frames, before = job->Kernel.N / 2;
        int begin = Math.Max(0, before - frame), end = Math.Min(job->Kernel.N, job->Frames - frame + before);
        float* bias = (float*)(job->Memory + (worker * job->MemoryStride)), sums = bias + TSimd.Count;
        float* weights = sums + (Wide * TSimd.Count), window = weights + (job->Kernel.N * job->Kernel.Pixels * TSimd.Count);
        int taps = (end - begin) * job->Kernel.Pixels, rowStep = job->Width * TSimd.Count, windowRows = rows + job->Kernel.H - 1;
        Take(bias, job->Bias + c, channels);
        float* filter = job->Filter + ((long)begin * job->Kernel.Pixels * job->Shape.C) + c;
        for (int tap = 0; tap < taps; tap++) Take(weights + (tap * TSimd.Count), filter + ((long)tap * job->Shape.C), channels);
        for (int t = begin; t < end; t++)
        {
            float* to = window + ((t - begin) * windowRows * rowStep);
            Fill(job, to, image + t - before, first - (job->Kernel.H / 2), windowRows, c, channels);
        }

        var walk = new Walk(end - begin, job->Kernel.H, job->Kernel.W, windowRows * rowStep, rowStep);
        for (int i = 0; i < rows; i++)
        {
            float* y = job->Y + (((((long)image * job->Shape.H) + first + i) * job->Shape.W) * job->Shape.C) + c;
            for (int j = 0, pixels; j < job->Shape.W; j += pixels)
            {
                int left = job->Shape.W - j;
                float* x = window + (i * rowStep) + (j * TSimd.Count);
                if (left > Narrow)
                {
                    pixels = Wide;
                    SumWide(sums, x, weights, bias, walk);
                }
                else
                {
                    pixels = Narrow;
                    SumNarrow(sums, x, weights, bias, walk);
                }

                for (int p = 0; p < Math.Min(pixels, left); p++, y += job->Shape.C) Give(y, sums + (p * TSimd.Count), channels);
            }
        }
    }

    /// <summary>A frame of the window: rows of the picture from <paramref name="first"/> on, zeros where it has none.</summary>
    private static void Fill(Job* job, float* to, int image, int first, int rows, int c, int channels)
    {
        int before = job->Kernel.W / 2 * TSimd.Count, inside = job->Shape.W * TSimd.Count, all = job->Width * TSimd.Count;
        for (int row = first; row < first + rows; row++, to += all)
        {
            if (row < 0 || row >= job->Shape.H)
            {
                new Span<float>(to, all).Clear();
                continue;
            }

            float* x = job->X + (((((long)image * job->Shape.H) + row) * job->Shape.W) * job->Shape.C) + c;
            new Span<float>(to, before).Clear();
            for (float* pixel = to + before, end = pixel + inside; pixel < end; pixel += TSimd.Count, x += job->Shape.C)
                Take(pixel, x, channels);
            new Span<float>(to + before + inside, all - before - inside).Clear();
        }
    }

    /// <summary>A vector of channels, zeros behind the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(float* vector, float* from, int channels)
    {
        if (channels == TSimd.Count)
        {
            TSimd.Store(TSimd.Load(from), vector);
            return;
        }

        for (int i = 0; i < TSimd.Count; i++) vector[i] = i < channels ? from[i] : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Give(float* to, float* vector, int channels)
    {
        if (channels == TSimd.Count)
        {
            TSimd.Store(TSimd.Load(vector), to);
            return;
        }

        for (int i = 0; i < channels; i++) to[i] = vector[i];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SumWide(float* sums, float* x, float* w, float* bias, in Walk walk)
    {
        TVector s0 = TSimd.Load(bias), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0;
        TVector s7 = s0, s8 = s0, s9 = s0, s10 = s0, s11 = s0, s12 = s0, s13 = s0;
        nint columns = walk.Columns;
        for (int t = 0; t < walk.Frames; t++, x += walk.FrameStep)
        {
            float* row = x;
            for (int u = 0; u < walk.Rows; u++, row += walk.RowStep)
            {
                float* p = row;
                for (nint v = 0; v < columns; v++, p += TSimd.Count, w += TSimd.Count)
                {
                    var weight = TSimd.Load(w);
                    s0 = TSimd.MultiplyAdd(TSimd.Load(p), weight, s0);
                    s1 = TSimd.MultiplyAdd(TSimd.Load(p + TSimd.Count), weight, s1);
                    s2 = TSimd.MultiplyAdd(TSimd.Load(p + (2 * TSimd.Count)), weight, s2);
                    s3 = TSimd.MultiplyAdd(TSimd.Load(p + (3 * TSimd.Count)), weight, s3);
                    s4 = TSimd.MultiplyAdd(TSimd.Load(p + (4 * TSimd.Count)), weight, s4);
                    s5 = TSimd.MultiplyAdd(TSimd.Load(p + (5 * TSimd.Count)), weight, s5);
                    s6 = TSimd.MultiplyAdd(TSimd.Load(p + (6 * TSimd.Count)), weight, s6);
                    s7 = TSimd.MultiplyAdd(TSimd.Load(p + (7 * TSimd.Count)), weight, s7);
                    s8 = TSimd.MultiplyAdd(TSimd.Load(p + (8 * TSimd.Count)), weight, s8);
                    s9 = TSimd.MultiplyAdd(TSimd.Load(p + (9 * TSimd.Count)), weight, s9);
                    s10 = TSimd.MultiplyAdd(TSimd.Load(p + (10 * TSimd.Count)), weight, s10);
                    s11 = TSimd.MultiplyAdd(TSimd.Load(p + (11 * TSimd.Count)), weight, s11);
                    s12 = TSimd.MultiplyAdd(TSimd.Load(p + (12 * TSimd.Count)), weight, s12);
                    s13 = TSimd.MultiplyAdd(TSimd.Load(p + (13 * TSimd.Count)), weight, s13);
                }
            }
        }

        StoreSeven(sums, s0, s1, s2, s3, s4, s5, s6);
        StoreSeven(sums + (Narrow * TSimd.Count), s7, s8, s9, s10, s11, s12, s13);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SumNarrow(float* sums, float* x, float* w, float* bias, in Walk walk)
    {
        TVector s0 = TSimd.Load(bias), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0;
        nint columns = walk.Columns;
        for (int t = 0; t < walk.Frames; t++, x += walk.FrameStep)
        {
            float* row = x;
            for (int u = 0; u < walk.Rows; u++, row += walk.RowStep)
            {
                float* p = row;
                for (nint v = 0; v < columns; v++, p += TSimd.Count, w += TSimd.Count)
                {
                    var weight = TSimd.Load(w);
                    s0 = TSimd.MultiplyAdd(TSimd.Load(p), weight, s0);
                    s1 = TSimd.MultiplyAdd(TSimd.Load(p + TSimd.Count), weight, s1);
                    s2 = TSimd.MultiplyAdd(TSimd.Load(p + (2 * TSimd.Count)), weight, s2);
                    s3 = TSimd.MultiplyAdd(TSimd.Load(p + (3 * TSimd.Count)), weight, s3);
                    s4 = TSimd.MultiplyAdd(TSimd.Load(p + (4 * TSimd.Count)), weight, s4);
                    s5 = TSimd.MultiplyAdd(TSimd.Load(p + (5 * TSimd.Count)), weight, s5);
                    s6 = TSimd.MultiplyAdd(TSimd.Load(p + (6 * TSimd.Count)), weight, s6);
                }
            }
        }

        StoreSeven(sums, s0, s1, s2, s3, s4, s5, s6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreSeven(float* to, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5, TVector s6)
    {
        TSimd.Store(s0, to);
        TSimd.Store(s1, to + TSimd.Count);
        TSimd.Store(s2, to + (2 * TSimd.Count));
        TSimd.Store(s3, to + (3 * TSimd.Count));
        TSimd.Store(s4, to + (4 * TSimd.Count));
        TSimd.Store(s5, to + (5 * TSimd.Count));
        TSimd.Store(s6, to + (6 * TSimd.Count));
    }

    /// <summary>How a sum goes through the window: taps, and numbers from one frame and one row of it to the next.</summary>
    private readonly record struct Walk(int Frames, int Rows, int Columns, nint FrameStep, nint RowStep);

    private struct Job
    {
        public float* Y, X, Filter, Bias;
        public byte* Memory;
        public long MemoryStride;
        public Shape Shape, Kernel;
        public int Frames, Width, Rows, Bands, Blocks;
    }
}
