using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Mean and squared deviations of each channel over runs of pixels.
/// <code>
/// items  image x some runs
/// reads  x once
/// writes the moments, a part in 32 of that
/// </code>
/// The sums are those of a group norm (<see cref="ChannelSums{TSimd, TVector}"/>), written where the moments will be; a run's moments are
/// made of them in double.
/// </summary>
internal sealed unsafe class ChannelMomentsCpu<TSimd, TVector>(CpuWorkers workers, Scratch scratch) : IOperation<ChannelMomentsCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    // Numbers of an item: enough that taking it costs nothing.
    private const int ItemElements = 32768;

    public void Run(in ChannelMomentsCall call)
    {
        var shape = call.X.Shape;
        int runs = checked((int)(shape.Rows / ChannelMoments.Run)), each = Math.Max(1, ItemElements / (ChannelMoments.Run * shape.C));
        int items = (runs + each - 1) / each;
        var mark = scratch.Here();
        try
        {
            var job = new Job
            {
                Moments = call.Moments.Floats(),
                X = call.X.Floats(),
                Origins = scratch.Rent(new Shape(1, 1, items, shape.C), ElementType.Float32).Floats(),
                Channels = shape.C,
                Runs = runs,
                Each = each,
            };
            workers.Run(ref job, items, &LeaveRuns);
        }
        finally
        {
            scratch.Release(mark);
        }
    }

    private static void LeaveRuns(Job* job, int item, int worker)
    {
        int channels = job->Channels;
        float* origins = job->Origins + ((long)item * channels);
        for (long run = (long)item * job->Each, end = Math.Min(run + job->Each, job->Runs); run < end; run++)
        {
            float* means = job->Moments + (run * 2 * channels), deviations = means + channels;
            ChannelSums<TSimd, TVector>.Of(
                job->X + (run * ChannelMoments.Run * channels), channels, ChannelMoments.Run, origins, means, deviations);
            for (int c = 0; c < channels; c++)
            {
                double sum = means[c], mean = sum / ChannelMoments.Run;
                means[c] = (float)(origins[c] + mean);
                deviations[c] = (float)(deviations[c] - (sum * mean));
            }
        }
    }

    private struct Job
    {
        public float* Moments, X, Origins;
        public int Channels, Runs, Each;
    }
}
