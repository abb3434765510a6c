using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Attention of the tokens of a clip inside windows of 8 x 7 x 7, with a learned bias for each difference of places. Where there are two
/// tables of biases, the distance of two tokens' fragments chooses between them.
/// </summary>
internal sealed class WindowSelfAttention
{
    private readonly Filter _qkv;
    private readonly Tensor _qkvBias, _near;
    private readonly Tensor? _fragment;
    private readonly Linear _proj;
    private readonly int _heads;
    private readonly (int D, int H, int W) _shift;
    private readonly string _path;

    /// <param name="w">the folder</param>
    /// <param name="channels">of tokens</param>
    /// <param name="heads">heads of attention</param>
    /// <param name="isShifted">windows lie half a window further</param>
    /// <param name="hasFragments">there is a table for tokens of one fragment</param>
    public WindowSelfAttention(WeightSource w, int channels, int heads, bool isShifted, bool hasFragments)
    {
        (_path, _heads, _shift) = (w.Path, heads, isShifted ? Swin3dConfig.Shift : default);
        var window = Swin3dConfig.Window;
        int rows = ((2 * window.D) - 1) * ((2 * window.H) - 1) * ((2 * window.W) - 1), tokens = window.D * window.H * window.W;
        _near = w.Table("relative_position_bias_table", rows, heads);
        _fragment = hasFragments ? w.Table("fragment_position_bias_table", rows, heads) : null;
        w.Agrees("relative_position_index", RelativePositions, tokens, tokens);
        _qkv = w.Filter(new FilterShape(3 * channels, channels, Sections: 3), "qkv.weight");
        _qkvBias = w.Vector("qkv.bias", 3 * channels);
        _proj = new Linear(w / "proj", channels, channels);
    }

    /// <summary>Updates the residual.</summary>
    /// <param name="d">the device</param>
    /// <param name="x">[D,H,W,C], a clip already through its norm; it is overwritten</param>
    /// <param name="h">[D,H,W,C], to which the output is added</param>
    public void Update(Device d, Tensor x, Tensor h)
    {
        using var scope = d.Enter(_path);

        Tensor q = d.Rent(x.Shape), k = d.Rent(x.Shape), v = d.Rent(x.Shape);
        d.Kernels.LinearSplit([q, k, v], x, _qkv, _qkvBias);
        // Of the zeros behind a clip whose sides do not divide, the product makes its bias.
        var options = new WindowAttentionOptions(
            _heads, x.Shape.N, Swin3dConfig.Window, _shift, _near, _fragment, PaddedK: Bias(1), PaddedV: Bias(2));
        d.Kernels.WindowAttention(x, q, k, v, options);
        _proj.Forward(d, x, residual: h, into: h);
    }

    /// <summary>The row of the tables for each pair of tokens of a window, [tokens,tokens]: what the file keeps too.</summary>
    internal static long[] RelativePositions()
    {
        var window = Swin3dConfig.Window;
        (int D, int H, int W)[] places =
        [
            .. from t in Enumerable.Range(0, window.D)
               from i in Enumerable.Range(0, window.H)
               from j in Enumerable.Range(0, window.W)
               select (t, i, j),
        ];
        long Row((int D, int H, int W) a, (int D, int H, int W) b) =>
            (((a.D - b.D + window.D - 1) * ((2 * window.H) - 1)) + (a.H - b.H + window.H - 1)) * ((2 * window.W) - 1)
            + (a.W - b.W + window.W - 1);
        return [.. places.SelectMany(a => places.Select(b => Row(a, b)))];
    }

    /// <summary>The bias of q, k or v: 0, 1 or 2.</summary>
    private Tensor Bias(int section)
    {
        int channels = _qkvBias.Shape.C / 3;
        return new Tensor(_qkvBias.Buffer, _qkvBias.Offset + (section * channels), Shape.Vector(channels), _qkvBias.Type);
    }
}
