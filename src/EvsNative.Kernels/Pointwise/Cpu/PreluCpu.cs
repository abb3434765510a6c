using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// A slope below zero for each channel.
/// <code>
/// items  rows of about 16384 numbers together
/// reads  x and the residual once, the slopes from the first cache
/// writes y once: bound by memory
/// </code>
/// </summary>
internal sealed unsafe class PreluCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<PreluCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int Chunk = 16384;

    public void Run(in PreluCall call)
    {
        var (y, x, slope, residual) = call;
        var job = new Job
        {
            Y = y.Floats(),
            X = x.Floats(),
            Slope = slope.Floats(),
            Residual = residual.Floats(),
            Rows = y.Shape.Rows,
            Channels = y.Shape.C,
            RowsPerItem = Math.Max(1, Chunk / y.Shape.C),
        };
        workers.Run(ref job, checked((int)((job.Rows + job.RowsPerItem - 1) / job.RowsPerItem)), &Item);
    }

    private static void Item(Job* job, int item, int worker)
    {
        long first = (long)item * job->RowsPerItem, last = Math.Min(first + job->RowsPerItem, job->Rows);
        for (long row = first; row < last; row++)
        {
            long at = row * job->Channels;
            Row(job->Y + at, job->X + at, job->Residual == null ? null : job->Residual + at, job->Slope, job->Channels);
        }
    }

    private static void Row(float* y, float* x, float* residual, float* slope, int channels)
    {
        int c = 0;
        for (; c + TSimd.Count <= channels; c += TSimd.Count)
        {
            var z = TSimd.Load(x + c);
            if (residual != null) z = TSimd.Add(z, TSimd.Load(residual + c));
            TSimd.Store(TSimd.SelectLessOrEqual(default, z, z, TSimd.Multiply(z, TSimd.Load(slope + c))), y + c);
        }

        for (; c < channels; c++)
        {
            float z = residual == null ? x[c] : x[c] + residual[c];
            y[c] = z >= 0 ? z : z * slope[c];
        }
    }

    private struct Job
    {
        public float* Y, X, Slope, Residual;
        public long Rows;
        public int Channels, RowsPerItem;
    }
}
