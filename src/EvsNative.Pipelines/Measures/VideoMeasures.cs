using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Measures;

/// <summary>
/// The numbers that say whether a video got better, by the definitions of weights/demo/measure.py, in 8-bit grey levels or dB. A number
/// that the video is too short or too small for is null.
/// </summary>
/// <param name="Flicker">mean |Y[t+1] - Y[t]| over all pixels and neighbouring frames</param>
/// <param name="Residual">the same after motion compensation of 8x8 blocks: what is left of the flicker when movement is followed</param>
/// <param name="Sharpness">mean length of the luma gradient by central differences</param>
/// <param name="Psnr">against a reference, over all frames and channels, in dB; null without one, infinite when equal</param>
public sealed record VideoMeasures(double? Flicker, double? Residual, double? Sharpness, double? Psnr = null)
{
    /// <summary>Measures a video. No more of it is held as luma than each thread's two frames.</summary>
    /// <param name="video">its frames</param>
    /// <param name="reference">what it should look like, of the same size and frame count; null when that is not known</param>
    /// <param name="cancellation">stops measuring</param>
    /// <exception cref="ArgumentException">the reference has another size</exception>
    public static VideoMeasures Of(VideoFrames video, VideoFrames? reference = null, CancellationToken cancellation = default)
    {
        int pairs = video.Count - 1;
        double[] flicker = new double[video.Count], residual = new double[video.Count], sharpness = new double[video.Count];
        // Unbounded, the pool's threads would come to be more than the processors, and so would the frames that they hold.
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, video.Count, options, t =>
        {
            using Luma here = new(video.Format), next = new(video.Format);
            here.Read(video.Frame(t));
            sharpness[t] = here.Gradients();
            if (t == pairs) return;
            next.Read(video.Frame(t + 1));
            flicker[t] = here.Difference(next);
            residual[t] = MotionResidual.Between(here, next, cancellation);
        });

        // Parts are added up in their order, so that a result does not depend on who was quicker.
        return new VideoMeasures(
            Mean(flicker, pairs, (double)video.Height * video.Width),
            Mean(residual, pairs, MotionResidual.Pixels(video.Format)),
            Mean(sharpness, video.Count, Luma.InnerPixels(video.Format)),
            reference is null ? null : PsnrOf(video, reference));
    }

    /// <summary>Peak signal to noise ratio in dB over all frames and channels; infinite for equal videos.</summary>
    /// <exception cref="ArgumentException">the two differ in size or frame count</exception>
    public static double PsnrOf(VideoFrames video, VideoFrames reference)
    {
        if ((video.Count, video.Height, video.Width) != (reference.Count, reference.Height, reference.Width))
            throw new ArgumentException($"The videos to compare differ: {video} and {reference}.", nameof(reference));
        long[] squares = new long[video.Count];
        Parallel.For(0, video.Count, frame =>
        {
            ReadOnlySpan<byte> a = video.Frame(frame), b = reference.Frame(frame);
            long sum = 0;
            for (int i = 0; i < a.Length; i++)
            {
                int difference = a[i] - b[i];
                sum += difference * difference;
            }

            squares[frame] = sum;
        });
        double error = (double)squares.Sum() / ((long)video.Count * video.Format.FrameBytes);
        return 10 * Math.Log10(255.0 * 255.0 / error);
    }

    private static double? Mean(double[] sums, int count, double pixels) => count > 0 && pixels > 0 ? sums.Sum() / (count * pixels) : null;
}
