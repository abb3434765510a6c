using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Standard normal numbers. Elements 4 b .. 4 b + 3 of an image come from the counter (b, frame, stage, 0) under the seed as key; what
/// frames share comes from (b, 0, stage, 1). Words 0 and 1 make the first two numbers, words 2 and 3 the others, by Box and Muller.
/// <code>
/// items  image x chunk of elements
/// writes y once; about 40 integer multiplications and 2 logarithms, sines and cosines for four numbers
/// </code>
/// </summary>
internal sealed unsafe class NoiseCpu(CpuWorkers workers) : IOperation<NoiseCall>
{
    private const int Chunk = 4096;

    public void Run(in NoiseCall call)
    {
        var (y, key) = call;
        int count = checked((int)(y.Shape.Count / y.Shape.N));
        var job = new Job
        {
            Y = y.Floats(),
            Key = key,
            Count = count,
            Chunks = (count + Chunk - 1) / Chunk,
            Own = (float)Math.Sqrt(1.0 - key.Shared),
            Shared = (float)Math.Sqrt(key.Shared),
        };
        workers.Run(ref job, y.Shape.N * job.Chunks, &Fill);
    }

    private static void Fill(Job* job, int item, int worker)
    {
        int image = item / job->Chunks, first = item % job->Chunks * Chunk, end = Math.Min(first + Chunk, job->Count);
        float* y = job->Y + ((long)image * job->Count);
        float* own = stackalloc float[4], shared = stackalloc float[4];
        for (int i = first; i < end; i += 4)
        {
            if (job->Own != 0) Normals(own, job->Key, i / 4, job->Key.FirstFrame + image, 0);
            if (job->Shared != 0) Normals(shared, job->Key, i / 4, 0, 1);
            for (int k = 0; k < 4 && i + k < end; k++)
                y[i + k] = job->Shared == 0 ? own[k] : job->Own == 0 ? shared[k] : (job->Own * own[k]) + (job->Shared * shared[k]);
        }
    }

    private static void Normals(float* four, in NoiseKey key, int block, int frame, uint isShared)
    {
        var (a, b, c, d) = Philox.Words((uint)block, (uint)frame, (uint)key.Stage, isShared, (uint)key.Seed, (uint)(key.Seed >> 32));
        (four[0], four[1]) = BoxMuller(a, b);
        (four[2], four[3]) = BoxMuller(c, d);
    }

    private static (float, float) BoxMuller(uint a, uint b)
    {
        // radius from a number in (0, 1]; angle from a number of turns in [0, 1) that float32 holds exactly
        float radius = MathF.Sqrt(-2 * MathF.Log((a * (1f / (1L << 32))) + (0.5f / (1L << 32))));
        var (sine, cosine) = MathF.SinCos((b >> 8) * (2 * MathF.PI / (1 << 24)));
        return (radius * cosine, radius * sine);
    }

    private struct Job
    {
        public float* Y;
        public NoiseKey Key;
        public int Count, Chunks;
        public float Own, Shared;
    }
}
