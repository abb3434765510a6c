using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// A transformer over the pixels of each image, looking at the text; diffusers' Transformer2DModel with 1x1 convolutions around.
/// </summary>
public sealed class SpatialTransformer
{
    private const float Eps = 1e-6f;

    private readonly GroupNorm _norm;
    private readonly Linear _projIn, _projOut;
    private readonly TransformerBlock _transformerBlock;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    public SpatialTransformer(WeightSource w, int channels, int heads, int textChannels, int groups)
    {
        _path = w.Path;
        _norm = new GroupNorm(w / "norm", channels, groups, Eps);
        _projIn = new Linear(w / "proj_in", channels, channels);
        _transformerBlock = new TransformerBlock(w / "transformer_blocks.0", channels, heads, textChannels);
        _projOut = new Linear(w / "proj_out", channels, channels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="text">[1,1,J,T], [N,1,J,T], or one for each run of images</param>
    /// <param name="tap">recorded features, or features to record</param>
    /// <param name="into">where to write, it may be x; rented if absent</param>
    /// <returns>[N,H,W,C]</returns>
    public Tensor Forward(Device d, Tensor x, TextContext text, IFeatureTap? tap = null, Tensor? into = null)
    {
        var y = into ?? d.Rent(x.Shape, x.Type);
        using var scope = d.Enter(_path);

        var h = d.Rent(x.Shape, x.Type);
        using (d.Enter(_path)) _projIn.Forward(d, _norm.Forward(d, x), into: h);
        _transformerBlock.Update(d, h, text, tap);
        return _projOut.Forward(d, h, residual: x, into: y);
    }
}
