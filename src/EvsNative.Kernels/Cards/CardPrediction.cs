using EvsNative.Kernels.Decorators;

namespace EvsNative.Kernels.Cards;

/// <summary>
/// Seconds that a card is predicted to take, as the sum of its calls: FLOPs by rate or bytes by bandwidth, whichever takes longer. No two
/// kernels run at once.
/// </summary>
/// <param name="Products">of products and convolutions</param>
/// <param name="Attention">of attention</param>
/// <param name="Memory">of norms and all that only moves numbers</param>
/// <param name="Gaps">between kernels</param>
/// <param name="Floor">of all of it if every call ran at the hardware's limit, without gaps</param>
public readonly record struct CardPrediction(double Products, double Attention, double Memory, double Gaps, double Floor)
{
    /// <summary>All together, without the floor.</summary>
    public double Seconds => Products + Attention + Memory + Gaps;

    /// <summary>Calls on a card.</summary>
    /// <param name="card">the card</param>
    /// <param name="calls">how often which was made</param>
    public static CardPrediction Of(GpuCard card, IEnumerable<KeyValuePair<CountedCall, long>> calls)
    {
        var sum = default(CardPrediction);
        foreach (var (call, count) in calls) sum = sum.With(Of(card, call), count);
        return sum;
    }

    /// <summary>One call on a card.</summary>
    public static CardPrediction Of(GpuCard card, in CountedCall call)
    {
        var rates = card.RatesOf(call.Kernel);
        double gaps = call.Launches * rates.Gap, floor = FloorOf(card.Limits, call);
        double flops = call.Flops, wide = call.Bytes / rates.WideBytes;
        bool isHalf = call.Work.Type == ElementType.Float16;
        return call.Work.Kind switch
        {
            WorkKind.Product => new CardPrediction(
                Math.Max(flops / (isHalf ? rates.HalfProduct : rates.FloatProduct) * (1 + (rates.LostDepth / call.Work.Depth)), wide),
                0, 0, gaps, floor),
            WorkKind.Attention => new CardPrediction(
                0, Math.Max(flops / rates.Heads.Of(call.Work.Depth, call.Work.Type), wide), 0, gaps, floor),
            _ => new CardPrediction(0, 0, (call.Bytes + call.Work.BytesAgain) / rates.NarrowBytes, gaps, floor),
        };
    }

    /// <summary>Two pieces of work, one after the other.</summary>
    public static CardPrediction operator +(CardPrediction a, CardPrediction b) => a.With(b, 1);

    private static double FloorOf(GpuLimits limits, in CountedCall call)
    {
        double sums = call.Flops / limits.Flops(call.Work.Type);
        // A score costs 4 FLOPs a channel, and one exponential.
        double exponentials = call.Work.Kind == WorkKind.Attention ? call.Flops / (4.0 * call.Work.Depth) / limits.Exponentials : 0;
        return Math.Max(Math.Max(sums, exponentials), call.Bytes / limits.MemoryBytes);
    }

    private CardPrediction With(CardPrediction other, long times) => new(
        Products + (times * other.Products), Attention + (times * other.Attention), Memory + (times * other.Memory),
        Gaps + (times * other.Gaps), Floor + (times * other.Floor));
}
