using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>The GEGLU network after each attention: C to 4 C, half of 8 C gating the other half, and back.</summary>
public sealed class FeedForward
{
    private readonly Filter _net0Proj;
    private readonly Tensor _net0ProjBias;
    private readonly Linear _net2;
    private readonly int _inner;
    private readonly string _path;

    /// <summary>Reads <c>net.0.proj</c> and <c>net.2</c>.</summary>
    public FeedForward(WeightSource w, int channels)
    {
        _path = w.Path;
        _inner = 4 * channels;
        _net0Proj = w.Filter(new FilterShape(2 * _inner, channels, IsGated: true), "net.0.proj.weight");
        _net0ProjBias = w.Vector("net.0.proj.bias", 2 * _inner);
        _net2 = new Linear(w / "net.2", _inner, channels);
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

        var hidden = d.Rent(x.Shape with { C = _inner }, x.Type);
        d.Kernels.LinearGeglu(hidden, x, _net0Proj, _net0ProjBias);
        return _net2.Forward(d, hidden, residual, into: y);
    }
}
