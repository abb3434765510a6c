using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention on the processor, see <see cref="AttentionBlockCpu{TSimd, TVector}"/>.
/// <code>
/// tokens  keys and values are packed once for each image and head, a few images at a time (32 MiB at most, or one image); a work item is 48 queries
/// frames  a work item is 16 pixels; a few at a time are gathered through their frames, all heads, into the thread's own memory, since frames lie
///         a large power of two apart and would push one another out of the cache: no permuted copy of the tensor exists
/// floor   4 N_q N_k C / (threads * 32 * clock) seconds, and N_q N_k heads exponentials
/// </code>
/// </summary>
internal sealed unsafe class AttentionCpu<TSimd, TVector>(CpuWorkers workers, Scratch scratch) : IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const long PackedBudget = 32L << 20;
    private const int PixelsPerItem = 16;
    private const int KeysPerItem = 256;
    private const int GatheredChannels = 1280;

    private readonly WorkerBuffers _buffers = new(workers.Count);

    private static int PanelsPerItem => KeysPerItem / GemmTile<TSimd, TVector>.Columns;

    /// <summary>Working memory in the arena: packed keys and values of as many images as are packed at a time.</summary>
    public static Shape Workspace(Shape k, in AttentionOptions options)
    {
        if (options.Axis == SequenceAxis.Frames) return Shape.Vector(1);
        long head = (PackedKeys<TSimd, TVector>.Count(k.Pixels, k.C / options.Heads) + 15) / 16 * 16;
        long images = Math.Clamp(PackedBudget / (head * options.Heads * sizeof(float)), 1, k.N);
        return new Shape((int)images, options.Heads, 1, checked((int)head));
    }

    public void Run(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options)
    {
        if (options.Axis == SequenceAxis.Tokens) Tokens(y, q, k, v, options);
        else Frames(y, q, k, v, options);
    }

    public void Dispose() => _buffers.Dispose();

    private static Job Describe(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options) => new()
    {
        Y = y.Floats(),
        Q = q.Floats(),
        K = k.Floats(),
        V = v.Floats(),
        Inverted = options.Blend is { } blend ? blend.Inverted.Floats() : null,
        Gamma = options.Blend?.Gamma ?? 0,
        Heads = options.Heads,
        Channels = q.Shape.C,
        HeadDim = q.Shape.C / options.Heads,
        IsCausal = options.IsCausal,
    };

    private void Tokens(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options)
    {
        var shape = Workspace(k.Shape, options);
        var mark = scratch.Here();
        var packed = scratch.Rent(shape, ElementType.Float32);
        var job = Describe(y, q, k, v, options);
        _buffers.Ensure(AttentionBlockCpu<TSimd, TVector>.Bytes(job.HeadDim));
        job.Memory = _buffers.First;
        job.MemoryStride = _buffers.Stride;
        job.Packed = packed.Floats();
        job.PackedStride = shape.C;
        job.Queries = q.Shape.Pixels;
        job.Keys = k.Shape.Pixels;
        job.SharesKeys = k.Shape.N == 1;

        for (int first = 0; first < k.Shape.N; first += shape.N)
        {
            int images = Math.Min(shape.N, k.Shape.N - first);
            job.FirstImage = first;
            job.Parts = (PackedKeys<TSimd, TVector>.Panels(job.Keys) + PanelsPerItem - 1) / PanelsPerItem;
            workers.Run(ref job, images * job.Heads * job.Parts, &PackItem);
            job.Parts = (job.Queries + AttentionBlockCpu<TSimd, TVector>.Queries - 1) / AttentionBlockCpu<TSimd, TVector>.Queries;
            workers.Run(ref job, (job.SharesKeys ? q.Shape.N : images) * job.Heads * job.Parts, &TokensItem);
        }

        scratch.Release(mark);
    }

    private void Frames(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options)
    {
        var job = Describe(y, q, k, v, options);
        long block = (AttentionBlockCpu<TSimd, TVector>.Bytes(job.HeadDim) + 63) / 64 * 64;
        long packed = (PackedKeys<TSimd, TVector>.Count(options.Frames, job.HeadDim) * sizeof(float) + 63) / 64 * 64;
        job.Gathered = Math.Clamp(GatheredChannels / job.Channels, 1, PixelsPerItem);
        job.PackedBytes = packed;
        _buffers.Ensure(block + packed + (3L * options.Frames * job.Gathered * job.Channels * sizeof(float)));
        job.Memory = _buffers.First;
        job.MemoryStride = _buffers.Stride;
        job.PackedStride = block;
        (job.Queries, job.Keys) = (options.Frames, options.Frames);
        job.Pixels = q.Shape.Pixels;
        job.Parts = (job.Pixels + PixelsPerItem - 1) / PixelsPerItem;
        workers.Run(ref job, q.Shape.N / options.Frames * job.Parts, &FramesItem);
    }

    private static void PackItem(Job* job, int item, int worker)
    {
        int part = item % job->Parts, head = item / job->Parts % job->Heads, image = item / job->Parts / job->Heads;
        int first = part * PanelsPerItem, last = Math.Min(first + PanelsPerItem, PackedKeys<TSimd, TVector>.Panels(job->Keys));
        long from = ((long)(job->FirstImage + image) * job->Keys * job->Channels) + (head * job->HeadDim);
        var packed = Packed(job, image, head);
        for (int panel = first; panel < last; panel++) packed.Pack(panel, job->K + from, job->V + from, job->Channels);
    }

    private static void TokensItem(Job* job, int item, int worker)
    {
        const int Most = AttentionBlockCpu<TSimd, TVector>.Queries;
        int part = item % job->Parts, head = item / job->Parts % job->Heads, image = item / job->Parts / job->Heads;
        int first = part * Most, count = Math.Min(Most, job->Queries - first);
        int packedImage = job->SharesKeys ? 0 : image, queryImage = job->SharesKeys ? image : job->FirstImage + image;
        long at = ((((long)queryImage * job->Queries) + first) * job->Channels) + (head * job->HeadDim);

        var block = new AttentionBlockCpu<TSimd, TVector>(job->Memory + (worker * job->MemoryStride), job->HeadDim);
        block.LoadQueries(job->Q + at, job->Inverted == null ? null : job->Inverted + at, job->Gamma, job->Channels, count);
        block.Attend(Packed(job, packedImage, head), count, first, job->IsCausal, job->Y + at, job->Channels);
    }

    private static PackedKeys<TSimd, TVector> Packed(Job* job, int image, int head) =>
        new(job->Packed + (((image * job->Heads) + head) * job->PackedStride), job->Keys, job->HeadDim);

    private static void FramesItem(Job* job, int item, int worker)
    {
        byte* memory = job->Memory + (worker * job->MemoryStride);
        var packed = new PackedKeys<TSimd, TVector>((float*)(memory + job->PackedStride), job->Keys, job->HeadDim);
        var block = new AttentionBlockCpu<TSimd, TVector>(memory, job->HeadDim);
        int first = item % job->Parts * PixelsPerItem, last = Math.Min(first + PixelsPerItem, job->Pixels);
        long video = (long)(item / job->Parts) * job->Keys * job->Pixels * job->Channels, frame = (long)job->Pixels * job->Channels;
        float* q = (float*)(memory + job->PackedStride + job->PackedBytes);
        int size = job->Keys * job->Gathered * job->Channels;
        float* k = q + size, v = k + size;

        for (int pixel = first; pixel < last; pixel += job->Gathered)
        {
            int width = Math.Min(job->Gathered, last - pixel) * job->Channels;
            long from = video + ((long)pixel * job->Channels);
            for (int f = 0; f < job->Keys; f++)
            {
                float* own = job->Q + from + (f * frame);
                if (job->Inverted == null) new ReadOnlySpan<float>(own, width).CopyTo(new Span<float>(q + (f * width), width));
                else AttentionBlockCpu<TSimd, TVector>.Blend(q + (f * width), own, 1 - job->Gamma, job->Inverted + from + (f * frame), job->Gamma, width);
                new ReadOnlySpan<float>(job->K + from + (f * frame), width).CopyTo(new Span<float>(k + (f * width), width));
                new ReadOnlySpan<float>(job->V + from + (f * frame), width).CopyTo(new Span<float>(v + (f * width), width));
            }

            // A head reads its own columns of q before it overwrites them, and no other head's.
            for (int at = 0; at < width; at += job->HeadDim)
            {
                for (int panel = 0; panel < PackedKeys<TSimd, TVector>.Panels(job->Keys); panel++) packed.Pack(panel, k + at, v + at, width);
                for (int query = 0; query < job->Queries; query += AttentionBlockCpu<TSimd, TVector>.Queries)
                {
                    int count = Math.Min(AttentionBlockCpu<TSimd, TVector>.Queries, job->Queries - query);
                    float* own = q + (query * width) + at;
                    block.LoadQueries(own, null, 0, width, count);
                    block.Attend(packed, count, query, job->IsCausal, own, width);
                }
            }

            for (int f = 0; f < job->Keys; f++)
                new ReadOnlySpan<float>(q + (f * width), width).CopyTo(new Span<float>(job->Y + from + (f * frame), width));
        }
    }

    private struct Job
    {
        public float* Y, Q, K, V, Inverted, Packed;
        public float Gamma;
        public int Heads, Channels, HeadDim, Queries, Keys, Parts, FirstImage, Pixels, Gathered;
        public bool IsCausal, SharesKeys;
        public byte* Memory;
        public long MemoryStride, PackedStride, PackedBytes;
    }
}
