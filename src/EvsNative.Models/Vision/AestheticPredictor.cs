using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Aesthetic Predictor V2.5: what people would think of a picture's looks, about 1 to 10. SigLIP's pooled token of unit length goes through
/// five linear layers with nothing between them; they are one affine map, made when the weights are loaded, in float64. Source:
/// discus0434/aesthetic-predictor-v2-5.
/// </summary>
public sealed class AestheticPredictor
{
    private readonly Siglip _siglip;
    private readonly Tensor _map;

    /// <summary>Reads both files.</summary>
    /// <param name="siglip">SigLIP's, with the folder <c>vision_model</c></param>
    /// <param name="head">the predictor's, with the folder <c>scoring_head</c></param>
    /// <param name="config">sizes</param>
    /// <param name="budgetBytes">bytes of the largest activation of a group of pictures; a group has one picture at least</param>
    public AestheticPredictor(
        WeightSource siglip, WeightSource head, SiglipConfig config, long budgetBytes = PictureGroups.DefaultBudgetBytes)
    {
        _siglip = new Siglip(siglip, config, budgetBytes);
        _map = (head / "scoring_head").MadeNumbers(
            Shape.Vector(config.Dim + 1), read => Fold(read, config.Head.Count + 1), [.. Stored(config)]);
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
        float[] pooled = d.Download(_siglip.Forward(d, pictures, tap: tap)), map = d.Download(_map);
        return [.. Enumerable.Range(0, pictures.Shape.N).Select(n => Score(pooled.AsSpan(n * Config.Dim, Config.Dim), map))];
    }

    /// <summary>The map of a vector of unit length in this one's direction.</summary>
    private static float Score(ReadOnlySpan<float> pooled, float[] map)
    {
        double sum = 0, squares = 0;
        for (int c = 0; c < pooled.Length; c++)
        {
            sum += (double)map[c] * pooled[c];
            squares += (double)pooled[c] * pooled[c];
        }

        return (float)((sum / Math.Sqrt(squares)) + map[^1]);
    }

    /// <summary>Weights and biases of the layers in order; what is dropped out in training stands between them in the count.</summary>
    private static IEnumerable<(string Name, long[] Shape)> Stored(SiglipConfig config)
    {
        int inputs = config.Dim;
        foreach (var (i, outputs) in config.Head.Append(1).Index())
        {
            string name = (2 * i).ToString(CultureInfo.InvariantCulture);
            yield return ($"{name}.weight", [outputs, inputs]);
            yield return ($"{name}.bias", [outputs]);
            inputs = outputs;
        }
    }

    /// <summary>The layers as one: a factor for each channel, then the constant.</summary>
    private static float[] Fold(float[][] read, int layers)
    {
        double[] row = [1];
        double constant = 0;
        for (int layer = layers - 1; layer >= 0; layer--)
        {
            float[] weight = read[2 * layer], bias = read[(2 * layer) + 1];
            int inputs = weight.Length / bias.Length;
            double[] before = new double[inputs];
            for (int o = 0; o < bias.Length; o++)
            {
                constant += row[o] * bias[o];
                for (int c = 0; c < inputs; c++) before[c] += row[o] * weight[(o * inputs) + c];
            }

            row = before;
        }

        return [.. row.Select(factor => (float)factor), (float)constant];
    }
}
