using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>From latents to a picture eight times their size.</summary>
internal sealed class VaeDecoder
{
    private readonly Linear _postQuantConv;
    private readonly Conv2d _convIn, _convOut;
    private readonly VaeMidBlock _midBlock;
    private readonly VaeBlock[] _upBlocks;
    private readonly GroupNorm _convNormOut;
    private readonly string _path;

    /// <param name="autoencoder">the folder of the autoencoder's tensors</param>
    /// <param name="config">sizes</param>
    public VaeDecoder(WeightSource autoencoder, VaeConfig config)
    {
        var w = autoencoder / "decoder";
        _path = w.Path;
        var parts = new VaeParts(w, config);
        int levels = config.BlockOutChannels.Count, c = config.BlockOutChannels[^1];

        _convIn = new Conv2d(w / "conv_in", config.LatentChannels, c);
        _midBlock = parts.MidBlock(c);
        _upBlocks = new VaeBlock[levels];
        for (int i = 0; i < levels; i++)
        {
            int outChannels = config.BlockOutChannels[levels - 1 - i];
            _upBlocks[i] = parts.UpBlock(i, c, outChannels, isLast: i == levels - 1);
            c = outChannels;
        }

        _convNormOut = new GroupNorm(w / "conv_norm_out", c, config.NormNumGroups, VaeParts.Eps);
        _convOut = new Conv2d(w / "conv_out", c, 3);
        _postQuantConv = new Linear(autoencoder / "post_quant_conv", config.LatentChannels, config.LatentChannels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,h,w,latent channels]</param>
    /// <param name="into">[N,8h,8w,3]</param>
    public void Forward(Device d, Tensor x, Tensor into)
    {
        x = _postQuantConv.Forward(d, x);
        using var scope = d.Enter(_path);

        x = _midBlock.Forward(d, _convIn.Forward(d, x));
        foreach (var block in _upBlocks) x = block.Forward(d, x);
        _convOut.Forward(d, _convNormOut.Forward(d, x, activation: Activation.Silu, into: x), into: into);
    }
}
