using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// AnimateDiff's motion module: a transformer over the frames at each pixel. Frames of one video are adjacent images; nothing is permuted.
/// </summary>
public sealed class TemporalTransformer
{
    private const float Eps = 1e-6f;

    private readonly GroupNorm _norm;
    private readonly Linear _projIn, _projOut;
    private readonly TemporalTransformerBlock _transformerBlock;
    private readonly Tensor _positions;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    public TemporalTransformer(WeightSource w, int channels, int heads, int groups, int maxFrames)
    {
        _path = w.Path;
        _norm = new GroupNorm(w / "norm", channels, groups, Eps);
        _projIn = new Linear(w / "proj_in", channels, channels);
        string table = $"transformer_blocks.0.{ComputedTables.FramePositions}";
        var positions = new Shape(maxFrames, 1, 1, channels);
        _positions = w.Has(table)
            ? w.Numbers(table, positions, 1, maxFrames, channels)
            : w.Constant(() => Sinusoids.Positions(maxFrames, channels), positions);
        _transformerBlock = new TemporalTransformerBlock(w / "transformer_blocks.0", channels, heads);
        _projOut = new Linear(w / "proj_out", channels, channels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[videos F,H,W,C]</param>
    /// <param name="frames">F, at most the length the module was made for</param>
    /// <param name="normAcrossFrames">true: one mean and variance per video, as diffusers; false: per frame, as the original</param>
    /// <param name="into">where to write, it may be x; rented if absent</param>
    /// <returns>[videos F,H,W,C]</returns>
    public Tensor Forward(Device d, Tensor x, int frames, bool normAcrossFrames = true, Tensor? into = null)
    {
        var y = into ?? d.Rent(x.Shape, x.Type);
        using var scope = d.Enter(_path);

        var h = d.Rent(x.Shape, x.Type);
        using (d.Enter(_path))
        {
            var video = normAcrossFrames ? new Shape(x.Shape.N / frames, frames * x.Shape.H, x.Shape.W, x.Shape.C) : x.Shape;
            _projIn.Forward(d, _norm.Forward(d, x.As(video)).As(x.Shape), into: h);
        }

        _transformerBlock.Update(d, h, _positions.Images(0, frames));
        return _projOut.Forward(d, h, residual: x, into: y);
    }
}
