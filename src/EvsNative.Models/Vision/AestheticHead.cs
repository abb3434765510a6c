using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// The head of Aesthetic Predictor V2.5: five linear layers with nothing between them are one affine map, made when the weights are loaded,
/// in float64.
/// </summary>
internal sealed class AestheticHead
{
    private readonly Tensor _map;

    /// <summary>Reads the folder <c>scoring_head</c>.</summary>
    public AestheticHead(WeightSource w, SiglipConfig config) => _map = (w / "scoring_head").MadeNumbers(
        Shape.Vector(config.Dim + 1), read => Fold(read, config.Head.Count + 1), [.. Stored(config)]);

    /// <summary>The scores of pooled tokens, each brought to unit length.</summary>
    /// <param name="d">the device</param>
    /// <param name="pooled">[N,1,1,Dim]</param>
    public float[] Score(Device d, Tensor pooled)
    {
        float[] tokens = d.Download(pooled), map = d.Download(_map);
        return [.. tokens.Chunk(pooled.Shape.C).Select(token => Score(token, map))];
    }

    /// <summary>The map of the vector of unit length in a token's direction.</summary>
    private static float Score(float[] token, float[] map)
    {
        double sum = 0, squares = 0;
        for (int c = 0; c < token.Length; c++)
        {
            sum += (double)map[c] * token[c];
            squares += (double)token[c] * token[c];
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
