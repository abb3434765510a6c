using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// y = second(activation(first(x))) + residual for every token: what follows each attention of a vision transformer. Tokens are worked on
/// in groups whose hidden numbers stay within a budget. Every token is on its own, so grouping changes no value.
/// </summary>
public sealed class Mlp
{
    /// <summary>Bytes of the hidden numbers of a group, unless told otherwise.</summary>
    public const long DefaultBudgetBytes = 1L << 24;

    /// <summary>Groups are multiples of this, which products like to have.</summary>
    private const int RowsTogether = 192;

    private readonly Linear _first, _second;
    private readonly Activation _activation;
    private readonly int _inner;
    private readonly long _budgetBytes;
    private readonly string _path;

    /// <summary>Reads both layers.</summary>
    /// <param name="w">the folder of both</param>
    /// <param name="first">the layer from channels to inner</param>
    /// <param name="second">the layer back</param>
    /// <param name="channels">of tokens</param>
    /// <param name="inner">channels between the layers</param>
    /// <param name="activation">between the layers</param>
    /// <param name="scale">a vector in the folder that multiplies each channel of the second layer's result; null if there is none</param>
    /// <param name="budgetBytes">bytes of the hidden numbers of a group; a group has some tokens at least</param>
    public Mlp(
        WeightSource w, string first, string second, int channels, int inner, Activation activation, string? scale = null,
        long budgetBytes = DefaultBudgetBytes)
    {
        (_path, _activation, _inner, _budgetBytes) = (w.Path, activation, inner, budgetBytes);
        _first = new Linear(w / first, channels, inner);
        _second = scale is null ? new Linear(w / second, inner, channels) : Linear.Scaled(w, second, scale, inner, channels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C], already through its norm</param>
    /// <param name="residual">[N,H,W,C], added to the output</param>
    /// <param name="into">where to write, it may be the residual; rented if absent</param>
    /// <returns>[N,H,W,C]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor residual, Tensor? into = null)
    {
        var y = into ?? d.Rent(x.Shape, x.Type);
        using var scope = d.Enter(_path);

        int rows = checked((int)x.Shape.Rows), size = RowsOfGroup(x.Type);
        Tensor from = AsRows(x), added = AsRows(residual), to = AsRows(y);
        for (int first = 0; first < rows; first += size)
        {
            int count = Math.Min(size, rows - first);
            using var group = d.Enter(_path);
            var hidden = _first.Forward(d, from.Rows(first, count), activation: _activation);
            _second.Forward(d, hidden, added.Rows(first, count), into: to.Rows(first, count));
        }

        return y;
    }

    private int RowsOfGroup(ElementType type)
    {
        long fit = _budgetBytes / ((long)_inner * type.Bytes() * RowsTogether);
        return (int)Math.Clamp(fit, 1, int.MaxValue / RowsTogether) * RowsTogether;
    }

    /// <summary>A picture of a token a row.</summary>
    private static Tensor AsRows(Tensor x) => x.As(new Shape(1, checked((int)x.Shape.Rows), 1, x.Shape.C));
}
