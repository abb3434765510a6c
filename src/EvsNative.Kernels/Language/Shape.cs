namespace EvsNative.Kernels;

/// <summary>
/// N images of H x W pixels with C channels, channels last in memory. Tokens are the same memory read as rows; a video is N = frames.
/// </summary>
/// <param name="N">images (frames)</param>
/// <param name="H">height in pixels, 1 for tokens</param>
/// <param name="W">width in pixels, or the number of tokens</param>
/// <param name="C">channels</param>
public readonly record struct Shape(int N, int H, int W, int C)
{
    /// <summary>A vector of <paramref name="channels"/> numbers.</summary>
    public static Shape Vector(int channels) => new(1, 1, 1, channels);

    /// <summary>Elements in all.</summary>
    public long Count => (long)N * H * W * C;

    /// <summary>Rows of C elements in all.</summary>
    public long Rows => (long)N * H * W;

    /// <summary>Rows of one image.</summary>
    public int Pixels => H * W;

    /// <summary>[N,H,W,C]</summary>
    public override string ToString() => $"[{N},{H},{W},{C}]";
}
