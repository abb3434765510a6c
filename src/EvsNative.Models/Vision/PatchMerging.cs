using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Four neighbouring tokens become one of twice as many channels: a norm and a product on all of theirs. Time is not halved. Where a side
/// is odd, zeros stand behind it.
/// </summary>
internal sealed class PatchMerging
{
    private const float Eps = 1e-5f;

    private static readonly PatchGeometry FourTokens = new(2, 2, 2, RoundsUp: true);
    private readonly Tensor _norm, _normBias;
    private readonly Filter _reduction;
    private readonly string _path;

    public PatchMerging(WeightSource w, int channels)
    {
        _path = w.Path;
        int inner = 4 * channels;
        float[] ByRows(float[][] stored) => RowByRow(stored[0], channels);
        _norm = w.MadeNumbers(Shape.Vector(inner), ByRows, ("norm.weight", [inner]));
        _normBias = w.MadeNumbers(Shape.Vector(inner), ByRows, ("norm.bias", [inner]));
        _reduction = w.MadeFilter(new FilterShape(inner / 2, inner), ByRows, ("reduction.weight", [inner / 2, inner]));
    }

    /// <param name="d">the device</param>
    /// <param name="x">[D,H,W,C]</param>
    /// <returns>[D,H/2,W/2,2C], halves rounded up</returns>
    public Tensor Forward(Device d, Tensor x)
    {
        var patched = FourTokens.Of(x.Shape);
        var y = d.Rent(patched with { C = _reduction.Shape.Out });
        using var scope = d.Enter(_path);

        var patches = d.Rent(patched);
        d.Kernels.Patches(patches, x, FourTokens);
        d.Kernels.LayerNorm(patches, patches, _norm, _normBias, Eps, null);
        d.Kernels.Linear(y, patches, _reduction, new Epilogue());
        return y;
    }

    /// <summary>
    /// The file has the four tokens column by column, patches come row by row: in each row of numbers the second and the third change
    /// places.
    /// </summary>
    private static float[] RowByRow(float[] stored, int channels)
    {
        float[] values = [.. stored];
        for (int at = channels; at < values.Length; at += 4 * channels)
        {
            stored.AsSpan(at, channels).CopyTo(values.AsSpan(at + channels));
            stored.AsSpan(at + channels, channels).CopyTo(values.AsSpan(at));
        }

        return values;
    }
}
