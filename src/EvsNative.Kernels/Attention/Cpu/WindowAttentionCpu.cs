using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention in windows on the processor: the tokens of a window are gathered for one head, and attend by
/// <see cref="AttentionBlockCpu{TSimd, TVector}"/> with their biases in place of empty sums.
/// <code>
/// items  a window of a clip x a head
/// reads  q, k, v once, in pieces of a head's channels; biases from a table of the window (<see cref="WindowBiasTable{TSimd, TVector}"/>)
/// writes y once
/// memory q, k, v of a window and a head, 150 KiB, and two tables of 140 KiB, for each thread; no score matrix exists
/// floor  4 tokens * tokens of a window * C / (threads * 32 or 64 * clock) seconds
/// </code>
/// </summary>
internal sealed unsafe class WindowAttentionCpu<TSimd, TVector>(CpuWorkers workers, Scratch scratch)
    : IOperation<WindowAttentionCall>, IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int QueriesPerBlock = AttentionBlockCpu<TSimd, TVector>.Queries;
    private const int CacheLine = 64;

    private readonly WorkerBuffers _buffers = new(workers);

    public void Run(in WindowAttentionCall call)
    {
        var (y, q, k, v, options) = call;
        var grid = WindowGrid.Of(q.Shape, options);
        int heads = options.Heads, headDim = q.Shape.C / heads;

        // A vector may reach beyond the end of a head's table.
        int places = grid.Places + TSimd.Count;
        long rows = (long)grid.Tokens * headDim * sizeof(float), block = Lines(AttentionBlockCpu<TSimd, TVector>.Bytes(headDim));
        _buffers.Ensure(block + (3 * Lines(rows)) + Lines((long)grid.Tokens * sizeof(long)) + WindowBiasTable<TSimd, TVector>.Bytes(grid));
        var mark = scratch.Here();
        try
        {
            var job = new Job
            {
                Grid = grid,
                Y = y.Floats(),
                Q = q.Floats(),
                K = k.Floats(),
                V = v.Floats(),
                Near = options.Near.Floats(),
                Fragment = options.Fragment.Floats(),
                PaddedK = options.PaddedK.Floats(),
                PaddedV = options.PaddedV.Floats(),
                Within = scratch.Rent(new Shape(1, 1, heads, places), ElementType.Float32).Floats(),
                Change = scratch.Rent(new Shape(1, 1, heads, places), ElementType.Float32).Floats(),
                Heads = heads,
                HeadDim = headDim,
                Channels = q.Shape.C,
                TableStride = places,
                Root = MathF.Sqrt(headDim),
                Memory = _buffers.First,
                MemoryStride = _buffers.Stride,
                BlockBytes = block,
                RowBytes = Lines(rows),
            };
            workers.Run(ref job, heads, &HeadTable);
            workers.Run(ref job, checked(q.Shape.N / options.Frames * grid.Windows * heads), &WindowItem);
        }
        finally
        {
            scratch.Release(mark);
        }
    }

    public void Dispose() => _buffers.Dispose();

    private static long Lines(long bytes) => (bytes + CacheLine - 1) / CacheLine * CacheLine;

    /// <summary>
    /// A head's biases side by side, times sqrt(d): those within a fragment, and what a distance of one adds to them. Without fragments
    /// distance adds nothing.
    /// </summary>
    private static void HeadTable(Job* job, int head, int worker)
    {
        float* within = job->Within + ((long)head * job->TableStride), change = job->Change + ((long)head * job->TableStride);
        int places = job->Grid.Places;
        for (int i = 0; i < places; i++)
        {
            float near = job->Near[((long)i * job->Heads) + head];
            float own = job->Fragment == null ? near : job->Fragment[((long)i * job->Heads) + head];
            (within[i], change[i]) = (own * job->Root, job->Fragment == null ? 0 : (near - own) * job->Root);
        }

        for (int i = places; i < job->TableStride; i++) (within[i], change[i]) = (0, 0);
    }

    private static void WindowItem(Job* job, int item, int worker)
    {
        var grid = job->Grid;
        int head = item % job->Heads, window = item / job->Heads % grid.Windows, clip = item / job->Heads / grid.Windows;
        int w = window % grid.W.Count * grid.W.Window, h = window / grid.W.Count % grid.H.Count * grid.H.Window;
        int d = window / grid.W.Count / grid.H.Count * grid.D.Window;
        byte* memory = job->Memory + (worker * job->MemoryStride);
        var block = new AttentionBlockCpu<TSimd, TVector>(memory, job->HeadDim);
        float* q = (float*)(memory + job->BlockBytes), k = (float*)((byte*)q + job->RowBytes), v = (float*)((byte*)k + job->RowBytes);
        long* tokens = (long*)((byte*)v + job->RowBytes);
        var biases = new WindowBiasTable<TSimd, TVector>(
            (byte*)tokens + Lines((long)grid.Tokens * sizeof(long)), grid, job->Within + ((long)head * job->TableStride),
            job->Change + ((long)head * job->TableStride), job->Root);

        Locate(grid, clip, d, h, w, tokens);
        Gather(job, tokens, head, q, k, v);
        biases.Fill(d, h, w);
        int split = biases.Split(d), all = grid.Tokens;
        for (int first = 0; first < all;)
        {
            // The queries of a block are of one region of frames. They have been turned when their results come to where they were.
            bool isSecond = first >= split;
            int end = isSecond ? all : split;
            var rows = biases.Rows(d, isSecond);
            for (; first < end; first += QueriesPerBlock)
            {
                int count = Math.Min(QueriesPerBlock, end - first);
                float* own = q + ((long)first * job->HeadDim);
                block.LoadQueries(new QueryRows(own, null, 0), 0, job->HeadDim, count);
                block.Attend(k, v, job->HeadDim, all, count, first, false, own, rows);
            }

            first = end;
        }

        Scatter(job, tokens, head, q);
    }

    /// <summary>The rows of a window's tokens, counted through all images; -1 of what is padding.</summary>
    private static void Locate(in WindowGrid grid, int clip, int d, int h, int w, long* tokens)
    {
        for (int i = 0; i < grid.D.Window; i++)
        {
            int frame = grid.D.Source(d + i);
            for (int j = 0; j < grid.H.Window; j++)
            {
                int row = grid.H.Source(h + j);
                bool isThere = frame < grid.D.Extent && row < grid.H.Extent;
                long first = ((((long)clip * grid.D.Extent) + frame) * grid.H.Extent + row) * grid.W.Extent;
                for (int column = grid.W.Source(w), t = 0; t < grid.W.Window; t++, column = column + 1 == grid.W.Padded ? 0 : column + 1)
                    *tokens++ = isThere && column < grid.W.Extent ? first + column : -1;
            }
        }
    }

    /// <summary>The rows of a window for one head; of what is padding, no query, and the key and value that stand for it.</summary>
    private static void Gather(Job* job, long* tokens, int head, float* q, float* k, float* v)
    {
        int size = job->HeadDim, c = head * size;
        for (int token = 0; token < job->Grid.Tokens; token++, q += size, k += size, v += size)
        {
            long row = tokens[token];
            if (row < 0)
            {
                new Span<float>(q, size).Clear();
                Copy(job->PaddedK + c, k, size);
                Copy(job->PaddedV + c, v, size);
                continue;
            }

            long from = (row * job->Channels) + c;
            Copy(job->Q + from, q, size);
            Copy(job->K + from, k, size);
            Copy(job->V + from, v, size);
        }
    }

    private static void Scatter(Job* job, long* tokens, int head, float* y)
    {
        int size = job->HeadDim;
        for (int token = 0; token < job->Grid.Tokens; token++, y += size)
        {
            long row = tokens[token];
            if (row >= 0) Copy(y, job->Y + (row * job->Channels) + (head * size), size);
        }
    }

    private static void Copy(float* from, float* to, int count)
    {
        int c = 0;
        for (; c <= count - TSimd.Count; c += TSimd.Count) TSimd.Store(TSimd.Load(from + c), to + c);
        for (; c < count; c++) to[c] = from[c];
    }

    private struct Job
    {
        public WindowGrid Grid;
        public float* Y, Q, K, V, Near, Fragment, PaddedK, PaddedV, Within, Change;
        public int Heads, HeadDim, Channels, TableStride;
        public float Root;
        public byte* Memory;
        public long MemoryStride, BlockBytes, RowBytes;
    }
}
