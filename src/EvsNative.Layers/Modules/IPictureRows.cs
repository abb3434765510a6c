using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// One picture of which some rows are had at a time: it lies in memory, or its rows are made anew whenever they are asked for, where it is
/// too large to be kept.
/// </summary>
public interface IPictureRows
{
    /// <summary>[1,H,W,C]</summary>
    Shape Shape { get; }

    /// <summary>Rows of it, valid until the scope around the call ends.</summary>
    /// <param name="d">the device</param>
    /// <param name="first">the first</param>
    /// <param name="count">how many</param>
    /// <returns>[1,count,W,C]</returns>
    Tensor Read(Device d, int first, int count);
}

/// <summary>A picture in memory.</summary>
/// <param name="x">[1,H,W,C]</param>
public sealed class KeptRows(Tensor x) : IPictureRows
{
    /// <summary>The picture.</summary>
    public Tensor Whole => x;

    /// <inheritdoc/>
    public Shape Shape => x.Shape;

    /// <inheritdoc/>
    public Tensor Read(Device d, int first, int count) => x.Rows(first, count);
}

/// <summary>A picture of twice the size of one in memory. It is never there whole.</summary>
/// <param name="upsample">enlarges</param>
/// <param name="x">[1,H,W,C], the small one</param>
public sealed class UpsampledRows(Upsample upsample, Tensor x) : IPictureRows
{
    /// <inheritdoc/>
    public Shape Shape => x.Shape with { H = 2 * x.Shape.H, W = 2 * x.Shape.W };

    /// <inheritdoc/>
    public Tensor Read(Device d, int first, int count)
    {
        // The convolution behind the enlargement reads a row on each side. What it takes for an edge must be one, or not be used.
        int from = Math.Max(0, (first - 1) >> 1), to = Math.Min(x.Shape.H, ((first + count) >> 1) + 1);
        return upsample.Forward(d, x.Rows(from, to - from), (2 * (to - from), Shape.W)).Rows(first - (2 * from), count);
    }
}
