using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// SigLIP's picture half: a vision transformer without a class token, whose tokens are pooled by attention. Source: the model of that name
/// in transformers.
/// </summary>
internal sealed class Siglip
{
    /// <summary>The epsilon of every norm of SigLIP.</summary>
    internal const float NormEps = 1e-6f;

    private readonly PatchConvolution _patchEmbedding;
    private readonly Tensor _positionEmbedding;
    private readonly EncoderLayer[] _layers;
    private readonly LayerNorm _postLayernorm;
    private readonly AttentionPooling _head;
    private readonly long _budgetBytes;

    /// <summary>Reads the folder <c>vision_model</c>.</summary>
    public Siglip(WeightSource w, SiglipConfig config, long budgetBytes = PictureGroups.DefaultBudgetBytes)
    {
        (Config, _budgetBytes) = (config, budgetBytes);
        var model = w / "vision_model";
        var embeddings = model / "embeddings";
        var geometry = new PatchGeometry(config.Patch, config.Patch, config.Patch);
        _patchEmbedding = new PatchConvolution(embeddings / "patch_embedding", 3, config.Dim, geometry);
        _positionEmbedding = embeddings.Table("position_embedding.weight", config.Grid * config.Grid, config.Dim);
        _layers = [.. Enumerable.Range(0, config.Depth).Select(i => new EncoderLayer(
            model / "encoder.layers" / i.ToString(CultureInfo.InvariantCulture),
            EncoderLayerNames.Clip, config.Dim, config.Heads, config.Inner, Activation.GeluTanh, NormEps))];
        _postLayernorm = new LayerNorm(model / "post_layernorm", config.Dim, NormEps);
        _head = new AttentionPooling(model / "head", config.Dim, config.Heads, config.Inner);
    }

    /// <summary>Sizes.</summary>
    public SiglipConfig Config { get; }

    /// <param name="d">the device</param>
    /// <param name="pictures">[N,S,S,3] in -1..1, S the size of the configuration</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <param name="tap">is offered <c>embeddings</c>, <c>encoder.layers.0</c> and so on, and <c>pooled</c>, for each group</param>
    /// <returns>[N,1,1,Dim]</returns>
    public Tensor Forward(Device d, Tensor pictures, Tensor? into = null, IFeatureTap? tap = null)
    {
        var s = pictures.Shape;
        if (s.H != Config.Image || s.W != Config.Image)
            throw new ArgumentException($"siglip: pictures {s}, [N,{Config.Image},{Config.Image},3] were expected");
        var y = into ?? d.Rent(new Shape(s.N, 1, 1, Config.Dim));
        using var scope = d.Enter("siglip");

        var grid = new Shape(1, Config.Grid, Config.Grid, Config.Dim);
        foreach (var (first, count) in PictureGroups.Of(s.N, (long)grid.Pixels * Config.Inner, _budgetBytes))
        {
            using var group = d.Enter("siglip");
            var h = d.Rent(new Shape(count, 1, grid.Pixels, Config.Dim));
            for (int n = 0; n < count; n++)
            {
                _patchEmbedding.Forward(
                    d, pictures.Images(first + n, 1), residual: _positionEmbedding.As(grid), into: h.Images(n, 1).As(grid));
            }

            tap?.Observe("embeddings", h);
            for (int i = 0; i < _layers.Length; i++)
            {
                _layers[i].Update(d, h);
                tap?.Observe($"encoder.layers.{i}", h);
            }

            var pooled = _head.Forward(d, _postLayernorm.Forward(d, h, into: h), into: y.Images(first, count));
            tap?.Observe("pooled", pooled);
        }

        return y;
    }
}
