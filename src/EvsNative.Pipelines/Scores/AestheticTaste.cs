using EvsNative.Kernels;

namespace EvsNative.Pipelines.Scores;

/// <summary>How pleasing a picture is.</summary>
/// <param name="shape">[1,S,S,3]</param>
/// <param name="picture">in -1..1</param>
internal delegate double PictureTaste(Shape shape, ReadOnlySpan<float> picture);

/// <summary>Aesthetic Predictor V2.5 on every frame: the mean. Which frames the paper's authors averaged is not said.</summary>
internal static class AestheticTaste
{
    /// <summary>Scores a clip.</summary>
    /// <param name="clip">its frames</param>
    /// <param name="side">of the square that the network sees, pixels</param>
    /// <param name="taste">the network</param>
    /// <param name="onShare">told how much is done, 0 to 1</param>
    public static AestheticScore Of(ScoredClip clip, int side, PictureTaste taste, Action<double>? onShare = null)
    {
        var view = new SiglipView(clip.Format.Width, clip.Format.Height, side);
        float[] picture = new float[view.Shape.Count];
        var frames = new List<double>();
        clip.Walk((frame, rgb) =>
        {
            view.Apply(rgb, picture);
            frames.Add(taste(view.Shape, picture));
            onShare?.Invoke((frame + 1.0) / clip.Count);
        });
        return new AestheticScore(frames.Average(), frames);
    }
}
