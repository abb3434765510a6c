using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// A ConvNeXt over clips: patches of two frames and 4 x 4 pixels, stages of blocks, and between them a norm and a convolution that halves
/// the sides. Every third block, the second of three, looks at the frames beside each frame.
/// </summary>
internal sealed class ConvNeXt3d
{
    private const float Eps = 1e-6f;

    private readonly PatchConvolution[] _downsampleConvs;
    private readonly LayerNorm[] _downsampleNorms;
    private readonly ConvNeXtBlock3d[][] _stages;
    private readonly LayerNorm _norm;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    public ConvNeXt3d(WeightSource w, ConvNeXt3dConfig config)
    {
        _path = w.Path;
        var channels = config.Channels;
        (_downsampleConvs, _downsampleNorms) = (new PatchConvolution[channels.Count], new LayerNorm[channels.Count]);
        _stages = new ConvNeXtBlock3d[channels.Count][];
        for (int i = 0; i < channels.Count; i++)
        {
            // The first stage has its norm behind its convolution, the others before.
            var (step, stage, c) = (w / "downsample_layers" / Word(i), w / "stages" / Word(i), channels[i]);
            _downsampleConvs[i] = i == 0
                ? new PatchConvolution(step / "0", 3, c, new PatchGeometry(4, 4, 4, Frames: 2), hasDepth: true)
                : new PatchConvolution(step / "1", channels[i - 1], c, new PatchGeometry(2, 2, 2), hasDepth: true);
            _downsampleNorms[i] = i == 0 ? new LayerNorm(step / "1", c, Eps) : new LayerNorm(step / "0", channels[i - 1], Eps);
            _stages[i] = [.. Enumerable.Range(0, config.Depths[i])
                .Select(j => new ConvNeXtBlock3d(stage / Word(j), c, frames: j % 3 == 1 ? 3 : 1, Eps))];
        }

        _norm = new LayerNorm(w / "norm", channels[^1], Eps);
    }

    /// <param name="d">the device</param>
    /// <param name="clip">[D,H,W,3], one clip, normalised; D even, H and W multiples of 32 or what is behind is not seen</param>
    /// <param name="tap">offered the result of each stage</param>
    /// <returns>[D/2,H/32,W/32,C] for four stages</returns>
    public Tensor Forward(Device d, Tensor clip, IFeatureTap? tap = null)
    {
        var x = clip;
        for (int i = 0; i < _stages.Length; i++)
        {
            if (i > 0) _downsampleNorms[i].Forward(d, x, into: x);
            x = _downsampleConvs[i].Forward(d, x);
            if (i == 0) _downsampleNorms[i].Forward(d, x, into: x);
            foreach (var block in _stages[i]) block.Update(d, x);
            tap?.Observe($"{_path}.stages.{Word(i)}", x);
        }

        return _norm.Forward(d, x, into: x);
    }

    private static string Word(int i) => i.ToString(CultureInfo.InvariantCulture);
}
