using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// DOVER's aesthetic view: a frame squeezed to 224 x 224 pixels whatever its shape, rounded to bytes. Whether it is antialiased depends on
/// the version of torchvision in the original (since 0.17); its repository pins one that does not.
/// </summary>
internal sealed class DoverAestheticView
{
    private readonly BilinearResize? _resize;
    private readonly float[] _floats = new float[Fragments.Bytes];

    /// <summary>For frames of a size.</summary>
    /// <param name="width">of the clip's frames, pixels</param>
    /// <param name="height">of the clip's frames, pixels</param>
    /// <param name="isAntialiased">as later versions do it</param>
    public DoverAestheticView(int width, int height, bool isAntialiased)
    {
        const int Side = Fragments.Side;
        if ((width, height) == (Side, Side)) return;
        // Values halfway between two bytes are common here. Steps in single precision, as torch has them, let them fall as in the original.
        _resize = isAntialiased
            ? new BilinearResize(width, height, Side, Side, isAntialiased: true)
            : new BilinearResize(width, height, Side, Side, steps: ((float)width / Side, (float)height / Side));
    }

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
