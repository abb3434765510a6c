using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Some channels of every pixel copied into some of another tensor.
/// <code>
/// items  4096 pixels
/// reads  the channels that are copied, with what shares their cache lines
/// writes them once
/// </code>
/// </summary>
internal sealed unsafe class CopyChannelsCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<CopyChannelsCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int RowsPerItem = 4096;

    public void Run(in CopyChannelsCall call)
    {
        var (y, to, x, from, count) = call;
        var job = new Job
        {
            Y = y.Floats() + to,
            X = x.Floats() + from,
            YStride = y.Shape.C,
            XStride = x.Shape.C,
            Count = count,
            Rows = y.Shape.Rows,
        };
        workers.Run(ref job, checked((int)((job.Rows + RowsPerItem - 1) / RowsPerItem)), &CopyRows);
    }

    private static void CopyRows(Job* job, int item, int worker)
    {
        long first = (long)item * RowsPerItem, last = Math.Min(first + RowsPerItem, job->Rows);
        int count = job->Count;
        float* y = job->Y + (first * job->YStride), x = job->X + (first * job->XStride);
        for (long row = first; row < last; row++, y += job->YStride, x += job->XStride)
        {
            int c = 0;
            for (; c + TSimd.Count <= count; c += TSimd.Count) TSimd.Store(TSimd.Load(x + c), y + c);
            for (; c < count; c++) y[c] = x[c];
        }
    }

    private struct Job
    {
        public float* Y, X;
        public long YStride, XStride, Rows;
        public int Count;
    }
}
