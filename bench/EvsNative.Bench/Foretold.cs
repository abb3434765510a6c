using EvsNative.Kernels.Cards;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>
/// What was expected of a card before anything was measured on it: by the cycle model where it wrote a line, else by the card's rates.
/// </summary>
/// <param name="card">the card</param>
/// <param name="lines">the model's milliseconds</param>
internal sealed class Foretold(GpuCard card, IReadOnlyDictionary<string, double> lines)
{
    /// <summary>For a device; null where nobody foretold anything.</summary>
    /// <param name="name">as its driver reports it</param>
    public static Foretold? Of(string name) => GpuCards.Named(name) is { } card ? new Foretold(card, Read(card)) : null;

    /// <summary>The card's own name.</summary>
    public string Name => card.Caps.Name;

    /// <summary>Milliseconds of a line.</summary>
    public double Milliseconds(CountedCase counted) =>
        lines.TryGetValue(counted.Shape.Line, out double modelled) ? modelled : 1e3 * CardPrediction.Of(card, counted.Calls).Seconds;

    /// <summary>Seconds of a whole run, by the model alone; null where it has no such line.</summary>
    public double? Seconds(int frames, int height, int width) =>
        lines.TryGetValue($"EVS, {frames} frames of {height}x{width}", out double modelled) ? modelled / 1e3 : null;

    private static Dictionary<string, double> Read(GpuCard card)
    {
        try
        {
            return JsonLines.Read<Predicted>(RepositoryFile.Find(ModelBench.Path)).Where(line => line.Card == card.Word)
                .DistinctBy(line => line.Line).ToDictionary(line => line.Line, line => line.Milliseconds);
        }
        catch (InputException)
        {
            // The program was taken out of its repository.
            return [];
        }
    }
}
