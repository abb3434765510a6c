using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Window;

/// <summary>
/// Means of 2 x 2 pixels.
/// <code>
/// items  a row of the result
/// reads  x once, writes y once: bound by memory
/// </code>
/// </summary>
internal sealed unsafe class AveragePoolCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<AveragePoolCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const float Quarter = 0.25f;

    public void Run(in AveragePoolCall call)
    {
        var (y, x) = call;
        var job = new Job { Y = y.Floats(), X = x.Floats(), To = y.Shape, From = x.Shape };
        workers.Run(ref job, checked(y.Shape.N * y.Shape.H), &Row);
    }

    private static void Row(Job* job, int item, int worker)
    {
        var (_, h, w, channels) = job->From;
        int n = item / job->To.H, row = 2 * (item % job->To.H);
        float* above = job->X + ((((long)n * h) + row) * w * channels), below = above + ((long)w * channels);
        float* y = job->Y + ((long)item * job->To.W * channels);
        for (int j = 0; j < job->To.W; j++, above += 2 * channels, below += 2 * channels, y += channels) Pixel(y, above, below, channels);
    }

    /// <summary>Each of the four is divided before they are added, so that a sum is not infinite where the mean is not.</summary>
    private static void Pixel(float* y, float* above, float* below, int channels)
    {
        var quarter = TSimd.Create(Quarter);
        int c = 0;
        for (; c + TSimd.Count <= channels; c += TSimd.Count)
        {
            var sum = TSimd.Multiply(TSimd.Load(above + c), quarter);
            sum = TSimd.MultiplyAdd(TSimd.Load(above + channels + c), quarter, sum);
            sum = TSimd.MultiplyAdd(TSimd.Load(below + c), quarter, sum);
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(below + channels + c), quarter, sum), y + c);
        }

        for (; c < channels; c++)
        {
            float sum = float.MultiplyAddEstimate(above[channels + c], Quarter, above[c] * Quarter);
            y[c] = float.MultiplyAddEstimate(below[channels + c], Quarter, float.MultiplyAddEstimate(below[c], Quarter, sum));
        }
    }

    private struct Job
    {
        public float* Y, X;
        public Shape To, From;
    }
}
