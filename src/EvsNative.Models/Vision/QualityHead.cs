using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Two linear layers that give a number for each place of a clip; their mean is the clip's score.</summary>
internal sealed class QualityHead
{
    private readonly Linear _fcHid, _fcLast;
    private readonly string _path;

    public QualityHead(WeightSource w, int channels, int inner)
    {
        _path = w.Path;
        _fcHid = new Linear(w / "fc_hid", channels, inner);
        _fcLast = new Linear(w / "fc_last", inner, 1);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[D,H,W,C]</param>
    /// <returns>[D,H,W,1]</returns>
    public Tensor Forward(Device d, Tensor x)
    {
        var y = d.Rent(x.Shape with { C = 1 });
        using var scope = d.Enter(_path);
        return _fcLast.Forward(d, _fcHid.Forward(d, x, activation: Activation.Gelu), into: y);
    }
}
