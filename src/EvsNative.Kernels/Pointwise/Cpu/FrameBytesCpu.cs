using System.Runtime.Intrinsics;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>Pictures between bytes and -1..1. The chunks are independent; each element is read and written once.</summary>
internal sealed unsafe class FrameBytesCpu(CpuWorkers workers) : IOperation<FromBytesCall>, IOperation<ToBytesCall>
{
    private const int Chunk = 16384;
    private const int Width = 8;

    private static readonly float[] Levels = [.. Enumerable.Range(0, 256).Select(level => (float)((level / 127.5) - 1))];

    public void Run(in FromBytesCall call)
    {
        fixed (byte* bytes = call.Rgb)
        fixed (float* levels = Levels)
        {
            var job = new Job { Floats = call.Y.Floats(), Bytes = bytes, Levels = levels, Count = call.Y.Shape.Count };
            workers.Run(ref job, Chunks(job.Count), &ReadChunk);
        }
    }

    public void Run(in ToBytesCall call)
    {
        fixed (byte* bytes = call.Rgb)
        {
            var job = new Job { Floats = call.X.Floats(), Bytes = bytes, Count = call.X.Shape.Count };
            workers.Run(ref job, Chunks(job.Count), &WriteChunk);
        }
    }

    private static int Chunks(long count) => checked((int)((count + Chunk - 1) / Chunk));

    private static void ReadChunk(Job* job, int item, int worker)
    {
        long end = Math.Min((long)(item + 1) * Chunk, job->Count);
        for (long i = (long)item * Chunk; i < end; i++) job->Floats[i] = job->Levels[job->Bytes[i]];
    }

    private static void WriteChunk(Job* job, int item, int worker)
    {
        long i = (long)item * Chunk, end = Math.Min(i + Chunk, job->Count);
        for (; i + (4 * Width) <= end; i += 4 * Width)
        {
            float* x = job->Floats + i;
            var low = Vector256.Narrow(Level(Vector256.Load(x)), Level(Vector256.Load(x + Width)));
            var high = Vector256.Narrow(Level(Vector256.Load(x + (2 * Width))), Level(Vector256.Load(x + (3 * Width))));
            Vector256.Narrow(low.AsUInt16(), high.AsUInt16()).Store(job->Bytes + i);
        }

        for (; i < end; i++) job->Bytes[i] = (byte)Level(Vector256.CreateScalar(job->Floats[i])).ToScalar();
    }

    /// <summary>floor(127.5 x + 128) within 0..255; 0 for NaN.</summary>
    private static Vector256<int> Level(Vector256<float> x)
    {
        var level = Vector256.MultiplyAddEstimate(x, Vector256.Create(127.5f), Vector256.Create(128f));
        level = Vector256.ConditionalSelect(Vector256.GreaterThan(level, Vector256<float>.Zero), level, Vector256<float>.Zero);
        return Vector256.ConvertToInt32(Vector256.Min(level, Vector256.Create(255f)));
    }

    private struct Job
    {
        public float* Floats, Levels;
        public byte* Bytes;
        public long Count;
    }
}
