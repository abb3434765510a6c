using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// DOVER's aesthetic view: a frame squeezed to 224 x 224 pixels whatever its shape, rounded to bytes. Whether it is antialiased depends on
/// the version of torchvision in the original (since 0.17); its repository pins one that does not.
/// </summary>
/// <param name="width">of the clip's frames, pixels</param>
/// <param name="height">of the clip's frames, pixels</param>
/// <param name="isAntialiased">as later versions do it</param>
internal sealed class DoverAestheticView(int width, int height, bool isAntialiased)
{
    private readonly BilinearResize? _resize = (width, height) == (Fragments.Side, Fragments.Side)
        ? null
        : new BilinearResize(width, height, Fragments.Side, Fragments.Side, isAntialiased: isAntialiased);

    private readonly float[] _floats = new float[Fragments.Bytes];

    /// <summary>[H,W,3] to [224,224,3].</summary>
    public void Apply(ReadOnlySpan<byte> rgb, Span<byte> view)
    {
        if (_resize is null)
        {
            rgb.CopyTo(view);
            return;
        }

        _resize.Apply(rgb, _floats);
        for (int i = 0; i < _floats.Length; i++)
            view[i] = (byte)Math.Clamp(MathF.Round(_floats[i], MidpointRounding.ToEven), 0, byte.MaxValue);
    }
}
