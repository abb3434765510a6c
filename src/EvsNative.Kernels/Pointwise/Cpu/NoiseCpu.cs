using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Standard normal numbers, by <see cref="Gaussian"/>.
/// <code>
/// items  image x chunk of elements
/// writes y once; about 120 integer multiplications for four numbers
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
            Y = (uint*)y.Floats(),
            Key = key,
            Count = count,
            Chunks = (count + Chunk - 1) / Chunk,
            Own = Gaussian.Weight(1.0 - key.Shared),
            Shared = Gaussian.Weight(key.Shared),
        };
        workers.Run(ref job, y.Shape.N * job.Chunks, &Fill);
    }

    private static void Fill(Job* job, int item, int worker)
    {
        int image = item / job->Chunks, first = item % job->Chunks * Chunk, end = Math.Min(first + Chunk, job->Count);
        uint* y = job->Y + ((long)image * job->Count);
        var seed = ((uint)job->Key.Seed, (uint)(job->Key.Seed >> 32));
        uint draw = (uint)job->Key.Draw;
        Normals own = default, shared = default;
        for (int i = first; i < end; i += 4)
        {
            if (job->Own != 0) own = Gaussian.Four(seed, draw, i / 4, job->Key.FirstFrame + image, 0);
            if (job->Shared != 0) shared = Gaussian.Four(seed, draw, i / 4, 0, 1);
            y[i] = Gaussian.Mix(job->Own, own.A, job->Shared, shared.A);
            if (i + 1 < end) y[i + 1] = Gaussian.Mix(job->Own, own.B, job->Shared, shared.B);
            if (i + 2 < end) y[i + 2] = Gaussian.Mix(job->Own, own.C, job->Shared, shared.C);
            if (i + 3 < end) y[i + 3] = Gaussian.Mix(job->Own, own.D, job->Shared, shared.D);
        }
    }

    private struct Job
    {
        public uint* Y;
        public NoiseKey Key;
        public int Count, Chunks;
        public long Own, Shared;
    }
}
