namespace EvsNative.Kernels;

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
