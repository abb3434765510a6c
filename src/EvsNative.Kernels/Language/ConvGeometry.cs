namespace EvsNative.Kernels;

/// <summary>Where a convolution puts its zeros.</summary>
public enum ConvPadding
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
public readonly record struct ConvGeometry(int Stride = 1, ConvPadding Padding = ConvPadding.Same, (int H, int W)? Upsampled = null);
