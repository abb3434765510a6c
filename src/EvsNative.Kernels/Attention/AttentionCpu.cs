using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention on the processor, see <see cref="AttentionBlockCpu{TSimd, TVector}"/>.
/// <code>
/// tokens  a work item is 192 queries of one head
/// frames  a work item is 16 pixels; a few at a time are gathered through their frames, all heads, into the thread's own memory, since frames lie
///         a large power of two apart and would push one another out of the cache: no permuted copy of the tensor exists
/// floor   4 N_q N_k C / (threads * 64 * clock) seconds, and N_q N_k heads exponentials
/// </code>
/// </summary>
internal sealed unsafe class AttentionCpu<TSimd, TVector>(CpuWorkers workers) : IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int PixelsPerItem = 16;
    private const int GatheredChannels = 1280;

    private readonly WorkerBuffers _buffers = new(workers.Count);

    public void Run(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options)
    {
        var job = new Job
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
        if (options.Axis == SequenceAxis.Tokens) Tokens(ref job, q.Shape, k.Shape);
        else Frames(ref job, q.Shape, options.Frames);
    }

    public void Dispose() => _buffers.Dispose();

    private void Tokens(ref Job job, Shape q, Shape k)
    {
        Lend(ref job, AttentionBlockCpu<TSimd, TVector>.Bytes(job.HeadDim));
        (job.Queries, job.Keys) = (q.Pixels, k.Pixels);
        job.SharesKeys = k.N == 1;
        job.Parts = (job.Queries + AttentionBlockCpu<TSimd, TVector>.Queries - 1) / AttentionBlockCpu<TSimd, TVector>.Queries;
        workers.Run(ref job, q.N * job.Heads * job.Parts, &TokensItem);
    }

    private void Frames(ref Job job, Shape q, int frames)
    {
        (job.Queries, job.Keys, job.Pixels) = (frames, frames, q.Pixels);
        job.Gathered = Math.Clamp(GatheredChannels / job.Channels, 1, PixelsPerItem);
        job.BlockBytes = (AttentionBlockCpu<TSimd, TVector>.Bytes(job.HeadDim) + 63) / 64 * 64;
        Lend(ref job, job.BlockBytes + (3L * frames * job.Gathered * job.Channels * sizeof(float)));
        job.Parts = (job.Pixels + PixelsPerItem - 1) / PixelsPerItem;
        workers.Run(ref job, q.N / frames * job.Parts, &FramesItem);
    }

    private void Lend(ref Job job, long bytes)
    {
        _buffers.Ensure(bytes);
        job.Memory = _buffers.First;
        job.MemoryStride = _buffers.Stride;
    }

    private static void TokensItem(Job* job, int item, int worker)
    {
        const int Most = AttentionBlockCpu<TSimd, TVector>.Queries;
        int part = item % job->Parts, head = item / job->Parts % job->Heads, image = item / job->Parts / job->Heads;
        int first = part * Most, count = Math.Min(Most, job->Queries - first), stride = job->Channels;
        long query = ((((long)image * job->Queries) + first) * stride) + (head * job->HeadDim);
        long key = ((job->SharesKeys ? 0L : image) * job->Keys * stride) + (head * job->HeadDim);

        var block = new AttentionBlockCpu<TSimd, TVector>(job->Memory + (worker * job->MemoryStride), job->HeadDim);
        block.LoadQueries(job->Q + query, job->Inverted == null ? null : job->Inverted + query, job->Gamma, stride, count);
        block.Attend(job->K + key, job->V + key, stride, job->Keys, count, first, job->IsCausal, job->Y + query, stride);
    }

    private static void FramesItem(Job* job, int item, int worker)
    {
        byte* memory = job->Memory + (worker * job->MemoryStride);
        var block = new AttentionBlockCpu<TSimd, TVector>(memory, job->HeadDim);
        int first = item % job->Parts * PixelsPerItem, last = Math.Min(first + PixelsPerItem, job->Pixels);
        long video = (long)(item / job->Parts) * job->Keys * job->Pixels * job->Channels, frame = (long)job->Pixels * job->Channels;
        float* q = (float*)(memory + job->BlockBytes);
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
                for (int query = 0; query < job->Queries; query += AttentionBlockCpu<TSimd, TVector>.Queries)
                {
                    int count = Math.Min(AttentionBlockCpu<TSimd, TVector>.Queries, job->Queries - query);
                    float* own = q + (query * width) + at;
                    block.LoadQueries(own, null, 0, width, count);
                    block.Attend(k + at, v + at, width, job->Keys, count, query, job->IsCausal, own, width);
                }
            }

            for (int f = 0; f < job->Keys; f++)
                new ReadOnlySpan<float>(q + (f * width), width).CopyTo(new Span<float>(job->Y + from + (f * frame), width));
        }
    }

    private struct Job
    {
        public float* Y, Q, K, V, Inverted;
        public float Gamma;
        public int Heads, Channels, HeadDim, Queries, Keys, Parts, Pixels, Gathered;
        public bool IsCausal, SharesKeys;
        public byte* Memory;
        public long MemoryStride, BlockBytes;
    }
}
