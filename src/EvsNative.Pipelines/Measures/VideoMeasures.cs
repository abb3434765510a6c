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
    /// <summary>Measures a video in memory.</summary>
    /// <param name="video">its frames</param>
    /// <param name="reference">what it should look like, of the same size and frame count; null when that is not known</param>
    /// <param name="cancellation">stops measuring</param>
    /// <exception cref="ArgumentException">the reference has another size</exception>
    public static VideoMeasures Of(VideoFrames video, VideoFrames? reference = null, CancellationToken cancellation = default)
    {
        if (reference is not null) CheckAlike(video, reference);
        using var measures = new ClipMeasures(video.Format, cancellation);
        for (int t = 0; t < video.Count; t++) measures.Add(video.Frame(t), reference is null ? default : reference.Frame(t));
        return measures.Measures;
    }

    /// <summary>Peak signal to noise ratio in dB over all frames and channels; infinite for equal videos.</summary>
    /// <exception cref="ArgumentException">the two differ in size or frame count</exception>
    public static double PsnrOf(VideoFrames video, VideoFrames reference)
    {
        CheckAlike(video, reference);
        long[] squares = new long[video.Count];
        Parallel.For(0, video.Count, frame => squares[frame] = SquaredError.Of(video.Frame(frame), reference.Frame(frame)));
        return SquaredError.Decibel(squares.Sum(), (long)video.Count * video.Format.FrameBytes);
    }

    private static void CheckAlike(VideoFrames video, VideoFrames reference)
    {
        if ((video.Count, video.Height, video.Width) != (reference.Count, reference.Height, reference.Width))
            throw new ArgumentException($"The videos to compare differ: {video} and {reference}.", nameof(reference));
    }
}
