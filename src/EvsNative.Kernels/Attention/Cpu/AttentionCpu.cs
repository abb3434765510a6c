using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention on the processor: tokens here, see <see cref="AttentionBlockCpu{TSimd, TVector}"/>, frames by
/// <see cref="FrameAttentionCpu{TSimd, TVector}"/>.
/// <code>
/// items  192 queries of one head of an image, or of all heads where keys are few (text) and threads have items enough: then their rows
///        are read while they are at hand
/// reads  q once; k and v once for each item and head, from the second cache where a head fits it
/// writes y once
/// floor  4 N_q N_k C / (threads * 64 * clock) seconds, and N_q N_k heads exponentials
/// </code>
/// </summary>
internal sealed unsafe class AttentionCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<AttentionCall>, IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int QueriesPerItem = AttentionBlockCpu<TSimd, TVector>.Queries;
    private const int FewKeys = 128, ItemsPerThread = 4;

    private readonly FrameAttentionCpu<TSimd, TVector> _frames = new(workers);
    private readonly WorkerBuffers _buffers = new(workers);

    public void Run(in AttentionCall call)
    {
        var (y, q, k, v, options) = call;
        var rows = new QueryRows(q.Floats(), options.Blend is { } blend ? blend.Inverted.Floats() : null, options.Blend?.Gamma ?? 0);
        if (options.Axis == SequenceAxis.Frames) _frames.Run(y, rows, k, v, options.Heads, options.Frames);
        else Tokens(y, rows, k, v, options);
    }

    public void Dispose()
    {
        _frames.Dispose();
        _buffers.Dispose();
    }

    private void Tokens(Tensor y, QueryRows q, Tensor k, Tensor v, in AttentionOptions options)
    {
        int headDim = y.Shape.C / options.Heads;
        _buffers.Ensure(AttentionBlockCpu<TSimd, TVector>.Bytes(headDim));
        int parts = (y.Shape.Pixels + QueriesPerItem - 1) / QueriesPerItem;
        bool takesAllHeads = k.Shape.Pixels <= FewKeys && y.Shape.N * (long)parts >= ItemsPerThread * workers.Count;
        var job = new Job
        {
            Q = q,
            Y = y.Floats(),
            K = k.Floats(),
            V = v.Floats(),
            Heads = options.Heads,
            HeadsPerItem = takesAllHeads ? options.Heads : 1,
            HeadDim = headDim,
            Channels = y.Shape.C,
            Queries = y.Shape.Pixels,
            Keys = k.Shape.Pixels,
            Parts = parts,
            IsCausal = options.IsCausal,
            SharesKeys = k.Shape.N == 1,
            Memory = _buffers.First,
            MemoryStride = _buffers.Stride,
        };
        workers.Run(ref job, y.Shape.N * (job.Heads / job.HeadsPerItem) * job.Parts, &TokensItem);
    }

    private static void TokensItem(Job* job, int item, int worker)
    {
        int groups = job->Heads / job->HeadsPerItem, stride = job->Channels;
        int part = item % job->Parts, group = item / job->Parts % groups, image = item / job->Parts / groups;
        int first = part * QueriesPerItem, count = Math.Min(QueriesPerItem, job->Queries - first);
        long query = (((long)image * job->Queries) + first) * stride, key = (job->SharesKeys ? 0L : image) * job->Keys * stride;

        var block = new AttentionBlockCpu<TSimd, TVector>(job->Memory + (worker * job->MemoryStride), job->HeadDim);
        for (int head = group * job->HeadsPerItem; head < (group + 1) * job->HeadsPerItem; head++)
        {
            int c = head * job->HeadDim;
            block.LoadQueries(job->Q, query + c, stride, count);
            block.Attend<NoScoreBias>(
                job->K + key + c, job->V + key + c, stride, job->Keys, count, first, job->IsCausal, job->Y + query + c);
        }
    }

    private struct Job
    {
        public QueryRows Q;
        public float* Y, K, V;
        public int Heads, HeadsPerItem, HeadDim, Channels, Queries, Keys, Parts;
        public bool IsCausal, SharesKeys;
        public byte* Memory;
        public long MemoryStride;
    }
}
