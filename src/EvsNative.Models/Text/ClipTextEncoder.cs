using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// CLIP's text encoder: from token ids to the vectors that the U-Net attends to. No pooling, no projection, padding is not masked.
/// </summary>
public sealed class ClipTextEncoder
{
    private readonly Tensor _tokenEmbedding, _positionEmbedding;
    private readonly EncoderLayer[] _layers;
    private readonly LayerNorm _finalLayerNorm;

    /// <summary>Reads the folder <c>text_model</c>.</summary>
    public ClipTextEncoder(WeightSource w, ClipConfig config)
    {
        Config = config;
        var model = w / "text_model";
        _tokenEmbedding = model.Table("embeddings.token_embedding.weight", config.VocabularySize, config.HiddenSize);
        _positionEmbedding = model.Table("embeddings.position_embedding.weight", config.MaxPositions, config.HiddenSize);
        _layers = [.. Enumerable.Range(0, config.Layers)
            .Select(i => new EncoderLayer(
                model / "encoder.layers" / i.ToString(CultureInfo.InvariantCulture), EncoderLayerNames.Clip, config.HiddenSize,
                config.Heads, config.IntermediateSize, config.Activation, config.LayerNormEps, isCausal: true))];
        _finalLayerNorm = new LayerNorm(model / "final_layer_norm", config.HiddenSize, config.LayerNormEps);
    }

    /// <summary>Sizes.</summary>
    public ClipConfig Config { get; }

    /// <param name="d">the device</param>
    /// <param name="ids">token ids, begin and end included, padded to 77</param>
    /// <param name="clipSkip">layers left out at the end; 1 is what other programs call "clip skip 2"</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[1,1,77,D], through the final norm whatever was left out</returns>
    /// <exception cref="InputException">no layer would be left, or more ids than the encoder has positions</exception>
    public Tensor Forward(Device d, ReadOnlySpan<int> ids, int clipSkip = 0, Tensor? into = null)
    {
        if (clipSkip < 0 || clipSkip >= _layers.Length)
        {
            throw new InputException(
                InputCode.OutOfRange,
                $"clip skip {clipSkip}: the text encoder has {_layers.Length} layers, so 0 to {_layers.Length - 1} can be left out");
        }

        if (ids.Length > Config.MaxPositions)
        {
            throw new InputException(
                InputCode.Mismatch,
                $"the text encoder has positions for {Config.MaxPositions} words, the tokenizer gives {ids.Length}: "
                + "they are of different models");
        }

        var y = into ?? d.Rent(new Shape(1, 1, ids.Length, Config.HiddenSize));
        using var scope = d.Enter("clip");

        d.Kernels.Embed(y, _tokenEmbedding, _positionEmbedding, ids);
        foreach (var layer in _layers.AsSpan(0, _layers.Length - clipSkip)) layer.Update(d, y);
        return _finalLayerNorm.Forward(d, y, into: y);
    }
}
