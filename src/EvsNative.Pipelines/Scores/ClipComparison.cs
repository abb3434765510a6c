using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Scores;

/// <summary>A clip beside the unprocessed one, both read once, frame by frame.</summary>
internal static class ClipComparison
{
    /// <summary>Compares two clips.</summary>
    /// <param name="clip">the clip</param>
    /// <param name="original">the unprocessed one</param>
    /// <param name="onShare">told how much is done, 0 to 1</param>
    /// <param name="stop">stops within a frame</param>
    /// <exception cref="InputException">they differ in their number of frames</exception>
    public static ComparedMeasures Of(ScoredClip clip, ScoredClip original, Action<double>? onShare, CancellationToken stop)
    {
        if (clip.Count != original.Count)
        {
            throw new InputException(
                InputCode.Mismatch,
                $"PSNR and SSIM need two clips of one length: {clip.Name} has {clip.Count} frames, {original.Name} has {original.Count}");
        }

        var format = clip.Format;
        var resize = new PixelResize(original.Format.Width, original.Format.Height, format.Width, format.Height);
        byte[] given = new byte[original.Format.FrameBytes], scaled = new byte[format.FrameBytes];
        using ClipMeasures before = new(format, stop), after = new(format, stop);
        using var reader = original.Open();
        using var similarity = new MeanSimilarity(format);
        clip.Walk((frame, rgb) =>
        {
            original.Read(reader, given);
            resize.Apply(given, scaled);
            before.Add(scaled);
            after.Add(rgb, scaled);
            similarity.Add(rgb, scaled);
            onShare?.Invoke((frame + 1.0) / clip.Count);
        });
        var measures = after.Measures;
        return new ComparedMeasures(measures.Psnr!.Value, similarity.Value, before.Measures, measures with { Psnr = null });
    }
}
