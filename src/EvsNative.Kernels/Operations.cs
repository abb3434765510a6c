namespace EvsNative.Kernels;

/// <summary>Where a convolution puts its zeros.</summary>
public enum Padding
{
    /// <summary>Kernel / 2 on every side.</summary>
    Same,

    /// <summary>None before, Kernel / 2 after: the VAE encoder's downsampling, whose window starts at row 2 i.</summary>
    After,
}

/// <summary>How a convolution walks its input.</summary>
/// <param name="Stride">1 or 2</param>
/// <param name="Padding">where the zeros stand</param>
/// <param name="Upsampled">
/// if given, the input is read as if it had been enlarged to this (height, width) by nearest neighbour, source = floor(target * in / out)
/// (diffusers Upsample2D; the size is forced where it is not twice the input)
/// </param>
public readonly record struct ConvGeometry(int Stride = 1, Padding Padding = Padding.Same, (int H, int W)? Upsampled = null);

/// <summary>gamma Q_inv + (1 - gamma) Q, the query of selective feature injection (EVS, Eq. 11).</summary>
/// <param name="Inverted">the recorded query, the shape of q</param>
/// <param name="Gamma">its weight, 0..1</param>
public readonly record struct QueryBlend(Tensor Inverted, float Gamma);

/// <summary>Which elements form a sequence.</summary>
public enum SequenceAxis
{
    /// <summary>The pixels (tokens) of one image.</summary>
    Tokens,

    /// <summary>One pixel through the frames of a video: elements H W C apart.</summary>
    Frames,
}

/// <summary>How attention reads its inputs. The scale is 1 / sqrt(head size).</summary>
/// <param name="Heads">heads are adjacent slices of the channels</param>
/// <param name="Axis">the sequence</param>
/// <param name="Frames">frames of one video where the axis is Frames; N is a multiple of it</param>
/// <param name="IsCausal">token i sees tokens 0..i only (CLIP)</param>
/// <param name="Blend">selective feature injection into the query</param>
public readonly record struct AttentionOptions(int Heads, SequenceAxis Axis = SequenceAxis.Tokens, int Frames = 0, bool IsCausal = false, QueryBlend? Blend = null);

/// <summary>How values between pixels are found.</summary>
public enum Interpolation
{
    /// <summary>source = floor(target * in / out)</summary>
    Nearest,

    /// <summary>Linear in both directions, pixel centres at half integers, edges repeated.</summary>
    Bilinear,

    /// <summary>Keys cubic with a = -0.5, pixel centres at half integers; taps outside are left out and the rest renormalised.</summary>
    Bicubic,
}

/// <summary>
/// Which Gaussian numbers a noise tensor holds. The number at (frame, index) depends on these fields alone, so it is the same on every
/// backend, for every thread count and for every grouping of frames.
/// </summary>
/// <param name="Seed">the user's seed</param>
/// <param name="Stage">which draw of the run: a different one for each entry and each step that needs fresh noise</param>
/// <param name="FirstFrame">frame number of the tensor's first image</param>
/// <param name="Shared">
/// 0: every frame has noise of its own; 1: all frames share one; between: sqrt(1 - Shared) own + sqrt(Shared) shared, unit variance throughout
/// </param>
public readonly record struct NoiseKey(ulong Seed, int Stage, int FirstFrame = 0, float Shared = 0);
