using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Guidance with the contrast of the positive prediction.
/// <code>
/// items  image x chunk of elements, for the sums and again to write; who writes a chunk adds up its image's sums
/// reads  both inputs twice
/// writes y once
/// </code>
/// All is double and in one order. The sums are of values less the image's first one, which is among them: of n elements their squares
/// exceed what is subtracted from them by a part in n, so the difference keeps its digits, and that of a flat image is 0.
/// </summary>
internal sealed unsafe class RescaleGuidanceCpu(CpuWorkers workers, Scratch scratch) : IOperation<RescaleGuidanceCall>
{
    private const int Chunk = 4096;

    public void Run(in RescaleGuidanceCall call)
    {
        var (y, positive, negative, guidance, share) = call;
        int count = checked((int)(y.Shape.Count / y.Shape.N)), chunks = (count + Chunk - 1) / Chunk;
        var mark = scratch.Here();
        try
        {
            var sums = scratch.Rent(new Shape(y.Shape.N, 1, chunks, sizeof(Sums) / sizeof(float)), ElementType.Float32);
            var job = new Job
            {
                Y = y.Floats(),
                Positive = positive.Floats(),
                Negative = negative.Floats(),
                Sums = (Sums*)sums.Floats(),
                Count = count,
                Chunks = chunks,
                Guidance = guidance,
                Share = share,
            };
            workers.Run(ref job, y.Shape.N * chunks, &SumChunk);
            workers.Run(ref job, y.Shape.N * chunks, &WriteChunk);
        }
        finally
        {
            scratch.Release(mark);
        }
    }

    private static void SumChunk(Job* job, int item, int worker)
    {
        var (start, i, end) = Range(job, item);
        double positive = job->Positive[start], guided = Guided(job, start);
        var sums = default(Sums);
        for (; i < end; i++)
        {
            double p = job->Positive[i] - positive, e = Guided(job, i) - guided;
            sums.Positive += p;
            sums.PositiveSquares += p * p;
            sums.Guided += e;
            sums.GuidedSquares += e * e;
        }

        job->Sums[item] = sums;
    }

    private static void WriteChunk(Job* job, int item, int worker)
    {
        var (_, i, end) = Range(job, item);
        double factor = Factor(job, item / job->Chunks);
        for (; i < end; i++) job->Y[i] = (float)(factor * Guided(job, i));
    }

    /// <summary>What an image's guided prediction is multiplied by.</summary>
    private static double Factor(Job* job, int image)
    {
        var first = job->Sums + ((long)image * job->Chunks);
        var sums = default(Sums);
        for (int k = 0; k < job->Chunks; k++)
        {
            sums.Positive += first[k].Positive;
            sums.PositiveSquares += first[k].PositiveSquares;
            sums.Guided += first[k].Guided;
            sums.GuidedSquares += first[k].GuidedSquares;
        }

        double positive = sums.PositiveSquares - (sums.Positive * sums.Positive / job->Count);
        double guided = sums.GuidedSquares - (sums.Guided * sums.Guided / job->Count);

        // Not "greater than 0": the quotient of what is not a number is none either.
        double ratio = guided == 0 ? 1 : Math.Sqrt(positive / guided);
        return (job->Share * ratio) + (1 - job->Share);
    }

    private static double Guided(Job* job, long i)
    {
        double negative = job->Negative[i];
        return negative + (job->Guidance * (job->Positive[i] - negative));
    }

    /// <summary>The first element of the item's image, and the item's own elements.</summary>
    private static (long Start, long First, long End) Range(Job* job, int item)
    {
        long start = (long)(item / job->Chunks) * job->Count, first = (long)(item % job->Chunks) * Chunk;
        return (start, start + first, start + Math.Min(first + Chunk, job->Count));
    }

    private struct Sums
    {
        public double Positive, PositiveSquares, Guided, GuidedSquares;
    }

    private struct Job
    {
        public float* Y, Positive, Negative;
        public Sums* Sums;
        public int Count, Chunks;
        public double Guidance, Share;
    }
}
