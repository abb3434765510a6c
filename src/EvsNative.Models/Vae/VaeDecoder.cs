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
    /// <param name="tileRows">rows of latents that are worked on at a time, of one picture; 0 for all</param>
    public void Forward(Device d, Tensor x, Tensor into, int tileRows = 0)
    {
        x = _postQuantConv.Forward(d, x);
        using var scope = d.Enter(_path);
        if (tileRows > 0)
        {
            ForwardInBands(d, x, into, tileRows);
            return;
        }

        x = _midBlock.Forward(d, _convIn.Forward(d, x));
        foreach (var block in _upBlocks) x = block.Forward(d, x);
        _convOut.Forward(d, _convNormOut.Forward(d, x, activation: Activation.Silu, into: x), into: into);
    }

    /// <summary>The same for one large picture, in bands of rows, with little more memory than two pictures of the last block.</summary>
    /// <param name="d">the device</param>
    /// <param name="x">[1,h,w,latent channels]</param>
    /// <param name="into">[1,8h,8w,3]</param>
    /// <param name="rows">rows of latents for a band</param>
    private void ForwardInBands(Device d, Tensor x, Tensor into, int rows)
    {
        var y = d.Rent(into.Shape with { C = _upBlocks[^1].OutChannels });
        Fill(d, x, _upBlocks.Length - 1, y, rows);
        _convOut.Forward(d, _convNormOut.Forward(d, y, activation: Activation.Silu, into: y), into: into);
    }

    /// <summary>
    /// The resnets of a block, from the latents on. A block's result is rented behind that of the larger one above it, so that it is
    /// forgotten when that is done.
    /// </summary>
    private void Fill(Device d, Tensor latents, int block, Tensor into, int rows)
    {
        using var scope = d.Enter(_path);
        if (block == 0)
        {
            _midBlock.Forward(d, _convIn.Forward(d, latents), into: into);
            _upBlocks[0].ResnetsInBands(d, new KeptRows(into), into, rows);
            return;
        }

        var (below, s) = (_upBlocks[block - 1], into.Shape);
        var small = d.Rent(new Shape(1, s.H / 2, s.W / 2, below.OutChannels));
        Fill(d, latents, block - 1, small, rows);
        _upBlocks[block].ResnetsInBands(d, new UpsampledRows(below.Upsampler!, small), into, rows << block);
    }
}
