using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>From a picture to the posterior of its latents, an eighth of its size.</summary>
internal sealed class VaeEncoder
{
    private readonly Conv2d _convIn, _convOut;
    private readonly VaeBlock[] _downBlocks;
    private readonly VaeMidBlock _midBlock;
    private readonly GroupNorm _convNormOut;
    private readonly Filter _quantConv;
    private readonly Tensor _quantConvBias;
    private readonly VaeConfig _config;
    private readonly string _path;

    /// <param name="autoencoder">the folder of the autoencoder's tensors</param>
    /// <param name="config">sizes</param>
    public VaeEncoder(WeightSource autoencoder, VaeConfig config)
    {
        var w = autoencoder / "encoder";
        (_path, _config) = (w.Path, config);
        var parts = new VaeParts(w, config);
        int levels = config.BlockOutChannels.Count, c = config.BlockOutChannels[0];

        _convIn = new Conv2d(w / "conv_in", 3, c);
        _downBlocks = new VaeBlock[levels];
        for (int i = 0; i < levels; i++)
        {
            int outChannels = config.BlockOutChannels[i];
            _downBlocks[i] = parts.DownBlock(i, c, outChannels, isLast: i == levels - 1);
            c = outChannels;
        }

        _midBlock = parts.MidBlock(c);
        _convNormOut = new GroupNorm(w / "conv_norm_out", c, config.NormNumGroups, VaeParts.Eps);
        int k = config.LatentChannels;
        _convOut = new Conv2d(w / "conv_out", c, 2 * k);
        _quantConv = autoencoder.Filter(new FilterShape(2 * k, 2 * k, Sections: 2), "quant_conv.weight");
        _quantConvBias = autoencoder.Vector("quant_conv.bias", 2 * k);
    }

    /// <summary>The mean and the logarithm of the variance.</summary>
    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,3] in -1..1</param>
    /// <param name="mean">[N,H/8,W/8,latent channels], the first result</param>
    /// <param name="logVariance">the second, of the same shape</param>
    /// <param name="tileRows">rows of latents that are worked on at a time, of one picture; 0 for all</param>
    public void Forward(Device d, Tensor x, Tensor mean, Tensor logVariance, int tileRows = 0)
    {
        using var scope = d.Enter("quant_conv");
        var features = tileRows > 0 ? FeaturesInBands(d, x, tileRows) : Features(d, x);
        d.Kernels.LinearSplit([mean, logVariance], features, _quantConv, _quantConvBias);
    }

    /// <summary>[N,H/8,W/8,2 latent channels]</summary>
    private Tensor Features(Device d, Tensor x)
    {
        var y = d.Rent(new Shape(x.Shape.N, x.Shape.H / _config.Factor, x.Shape.W / _config.Factor, 2 * _config.LatentChannels));
        using var scope = d.Enter(_path);

        x = _convIn.Forward(d, x);
        foreach (var block in _downBlocks) x = block.Forward(d, x);
        x = _midBlock.Forward(d, x);
        return _convOut.Forward(d, _convNormOut.Forward(d, x, activation: Activation.Silu, into: x), into: y);
    }

    /// <summary>The same for one large picture, in bands of rows.</summary>
    /// <param name="d">the device</param>
    /// <param name="x">[1,H,W,3] in -1..1</param>
    /// <param name="rows">rows of latents for a band</param>
    /// <returns>[1,H/8,W/8,2 latent channels]</returns>
    private Tensor FeaturesInBands(Device d, Tensor x, int rows)
    {
        var y = d.Rent(new Shape(1, x.Shape.H / _config.Factor, x.Shape.W / _config.Factor, 2 * _config.LatentChannels));
        using var scope = d.Enter(_path);

        int last = _downBlocks.Length - 1;
        for (int i = 0; i <= last; i++)
        {
            var block = _downBlocks[i];
            var same = x.Shape with { C = block.OutChannels };
            var result = d.Rent(i == last ? same : same with { H = same.H / 2, W = same.W / 2 });
            using var own = d.Enter(_path);
            var h = i == last ? result : d.Rent(same);
            var from = i == 0 ? _convIn.Forward(d, x, into: h) : x;
            block.ResnetsInBands(d, new KeptRows(from), h, rows << (last - i));
            x = block.Downsampler?.Forward(d, h, into: result) ?? result;
        }

        x = _midBlock.Forward(d, x);
        return _convOut.Forward(d, _convNormOut.Forward(d, x, activation: Activation.Silu, into: x), into: y);
    }
}
