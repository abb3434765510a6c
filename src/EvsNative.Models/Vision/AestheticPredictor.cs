using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Aesthetic Predictor V2.5: what people would think of a picture's looks, about 1 to 10. SigLIP sees the picture, a linear head judges
/// what it has seen. Source: discus0434/aesthetic-predictor-v2-5.
/// </summary>
public sealed class AestheticPredictor
{
    private readonly Siglip _siglip;
    private readonly AestheticHead _head;

    /// <summary>Reads both files.</summary>
    /// <param name="siglip">SigLIP's, with the folder <c>vision_model</c></param>
    /// <param name="head">the predictor's, with the folder <c>scoring_head</c></param>
    /// <param name="config">sizes</param>
    /// <param name="budgetBytes">bytes of the largest activation of a group of pictures; a group has one picture at least</param>
    public AestheticPredictor(
        WeightSource siglip, WeightSource head, SiglipConfig config, long budgetBytes = PictureGroups.DefaultBudgetBytes)
    {
        _siglip = new Siglip(siglip, config, budgetBytes);
        _head = new AestheticHead(head, config);
    }

    /// <summary>Sizes.</summary>
    public SiglipConfig Config => _siglip.Config;

    /// <summary>The score of each picture.</summary>
    /// <param name="d">the device</param>
    /// <param name="pictures">[N,S,S,3] in -1..1, S the size of the configuration</param>
    /// <param name="tap">is offered <c>embeddings</c>, <c>encoder.layers.0</c> and so on, and <c>pooled</c>, for each group</param>
    public float[] Score(Device d, Tensor pictures, IFeatureTap? tap = null)
    {
        using var scope = d.Enter("aesthetic");
        return _head.Score(d, _siglip.Forward(d, pictures, tap: tap));
    }
}
