using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// A Swin transformer over clips: patches of two frames and 4 x 4 pixels, blocks of attention inside windows, every other one shifted,
/// and between the layers four neighbours merged into one. Sizes that do not divide have zeros behind them.
/// </summary>
internal sealed class Swin3d
{
    private readonly PatchConvolution _patchEmbedProj;
    private readonly LayerNorm _patchEmbedNorm, _norm;
    private readonly (SwinBlock3d[] Blocks, PatchMerging? Downsample)[] _layers;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    public Swin3d(WeightSource w, Swin3dConfig config)
    {
        _path = w.Path;
        var geometry = new PatchGeometry(4, 4, 4, Frames: 2, RoundsUp: true);
        _patchEmbedProj = new PatchConvolution(w / "patch_embed.proj", 3, config.Channels, geometry, hasDepth: true);
        _patchEmbedNorm = new LayerNorm(w / "patch_embed.norm", config.Channels);
        _layers = [.. config.Depths.Select((_, i) => Layer(w / "layers" / Word(i), config, i))];
        _norm = new LayerNorm(w / "norm", config.OutChannels);
    }

    /// <param name="d">the device</param>
    /// <param name="clip">[D,H,W,3], one clip, normalised</param>
    /// <param name="tap">offered <c>patch_embed</c> and the result of each layer</param>
    /// <returns>[D/2,H/32,W/32,8C] for four layers, each halving rounded up</returns>
    public Tensor Forward(Device d, Tensor clip, IFeatureTap? tap = null)
    {
        var x = _patchEmbedProj.Forward(d, clip);
        x = _patchEmbedNorm.Forward(d, x, into: x);
        tap?.Observe($"{_path}.patch_embed", x);
        for (int i = 0; i < _layers.Length; i++)
        {
            var (blocks, downsample) = _layers[i];
            foreach (var block in blocks) block.Update(d, x);
            x = downsample?.Forward(d, x) ?? x;
            tap?.Observe($"{_path}.layers.{Word(i)}", x);
        }

        return _norm.Forward(d, x, into: x);
    }

    private static (SwinBlock3d[] Blocks, PatchMerging? Downsample) Layer(WeightSource w, Swin3dConfig config, int i)
    {
        int channels = config.Channels << i;
        SwinBlock3d Block(int j) =>
            new(w / "blocks" / Word(j), channels, config.Heads[i], isShifted: j % 2 == 1, config.HasFragments[i]);
        SwinBlock3d[] blocks = [.. Enumerable.Range(0, config.Depths[i]).Select(Block)];
        return (blocks, i < config.Depths.Count - 1 ? new PatchMerging(w / "downsample", channels) : null);
    }

    private static string Word(int i) => i.ToString(CultureInfo.InvariantCulture);
}
