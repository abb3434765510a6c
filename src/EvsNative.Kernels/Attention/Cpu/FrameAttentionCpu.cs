using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention of each pixel through the frames of its video. Frames lie a large power of two apart and would push one another out of the
/// caches, so a few pixels at a time are gathered, all heads, into the thread's own memory; no permuted copy of the tensor exists. A
/// sequence is short: its scores stay in the first cache, and the softmax needs no streaming.
/// <code>
/// items  16 pixels of a video
/// scores s[key][query] = k q^T, queries across the lanes, so that the softmax is vertical
/// result o[query][c] = s^T v, channels across the lanes, so that nothing is turned back
/// reads  q, k, v once, in runs of a few kilobytes; writes y once
/// floor  4 * N*H*W*C * 4 bytes over memory bandwidth
/// </code>
/// </summary>
internal sealed unsafe class FrameAttentionCpu<TSimd, TVector>(CpuWorkers workers) : IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int PixelsPerItem = 16;
    private const int GatheredChannels = 1280;

    // Behind each gathered row: a head's last vector may reach beyond its channels, and rows should not lie a power of two apart.
    private const int RowEnd = 16;

    private readonly WorkerBuffers _buffers = new(workers);

    private static int Columns => AttentionTile<TSimd, TVector>.Columns;

    public void Run(Tensor y, QueryRows q, Tensor k, Tensor v, int heads, int frames)
    {
        var shape = y.Shape;
        int gathered = Math.Clamp(GatheredChannels / shape.C, 1, PixelsPerItem), headDim = shape.C / heads;
        var job = new Job
        {
            Q = q,
            Y = y.Floats(),
            K = k.Floats(),
            V = v.Floats(),
            Frames = frames,
            Pixels = shape.Pixels,
            Channels = shape.C,
            HeadDim = headDim,
            Gathered = gathered,
            Stride = (gathered * shape.C) + RowEnd,
            Parts = (shape.Pixels + PixelsPerItem - 1) / PixelsPerItem,
        };
        _buffers.Ensure(((4L * frames * job.Stride) + ((long)(headDim + frames) * Columns)) * sizeof(float));
        job.Memory = _buffers.First;
        job.MemoryStride = _buffers.Stride;
        workers.Run(ref job, shape.N / frames * job.Parts, &PixelsItem);
    }

    public void Dispose() => _buffers.Dispose();

    private static void PixelsItem(Job* job, int item, int worker)
    {
        int first = item % job->Parts * PixelsPerItem, last = Math.Min(first + PixelsPerItem, job->Pixels);
        long frame = (long)job->Pixels * job->Channels, video = item / job->Parts * job->Frames * frame;
        long size = (long)job->Frames * job->Stride;
        float* s = (float*)(job->Memory + (worker * job->MemoryStride)), turned = s + (job->Frames * Columns);
        float* q = turned + (job->HeadDim * Columns), k = q + size, v = k + size, o = v + size;

        for (int pixel = first; pixel < last; pixel += job->Gathered)
        {
            int width = Math.Min(job->Gathered, last - pixel) * job->Channels;
            long from = video + ((long)pixel * job->Channels);
            for (int f = 0; f < job->Frames; f++)
            {
                long at = from + (f * frame), to = (long)f * job->Stride;
                job->Q.Copy<TSimd, TVector>(at, q + to, width);
                new ReadOnlySpan<float>(job->K + at, width).CopyTo(new Span<float>(k + to, width));
                new ReadOnlySpan<float>(job->V + at, width).CopyTo(new Span<float>(v + to, width));
            }

            // In this order, since the last vector of a head's result runs over into the next head's.
            for (int at = 0; at < width; at += job->HeadDim) Attend(job, q + at, k + at, v + at, o + at, turned, s);

            for (int f = 0; f < job->Frames; f++)
                new ReadOnlySpan<float>(o + ((long)f * job->Stride), width).CopyTo(new Span<float>(job->Y + from + (f * frame), width));
        }
    }

    /// <summary>One head of one pixel; <paramref name="turned"/> and <paramref name="s"/> are working memory.</summary>
    private static void Attend(Job* job, float* q, float* k, float* v, float* o, float* turned, float* s)
    {
        int frames = job->Frames, stride = job->Stride, headDim = job->HeadDim;
        var scale = TSimd.Create(Softmax<TSimd, TVector>.Exponent(headDim));
        for (int first = 0; first < frames; first += Columns, q += (long)Columns * stride, o += (long)Columns * stride)
        {
            // Lanes without a query hold anything; nothing of theirs is read.
            int count = Math.Min(Columns, frames - first), vectors = (count + TSimd.Count - 1) / TSimd.Count;
            Transposition.Turn(q, stride, turned, Columns, count, headDim);
            AttentionTile<TSimd, TVector>.Multiply<ByRows>(frames, vectors, headDim, k, stride, turned, Columns, s, Columns, false);
            for (int i = 0; i < vectors * TSimd.Count; i += TSimd.Count)
            {
                var sum = Softmax<TSimd, TVector>.Weigh(s + i, frames, scale, Softmax<TSimd, TVector>.Largest(s + i, frames), default);
                Softmax<TSimd, TVector>.Scale(s + i, frames, TSimd.Divide(TSimd.Create(1), sum));
            }

            for (int c = 0; c < headDim; c += Columns)
            {
                int wide = Math.Min(3, (headDim - c + TSimd.Count - 1) / TSimd.Count);
                AttentionTile<TSimd, TVector>.Multiply<Turned>(count, wide, frames, s, Columns, v + c, stride, o + c, stride, false);
            }
        }
    }

    private struct Job
    {
        public QueryRows Q;
        public float* Y, K, V;
        public int Frames, Pixels, Channels, HeadDim, Gathered, Stride, Parts;
        public byte* Memory;
        public long MemoryStride;
    }
}
