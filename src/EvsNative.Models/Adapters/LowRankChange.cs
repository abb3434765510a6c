using EvsNative.Kernels;

namespace EvsNative.Models.Adapters;

/// <summary>LoRA and LoCon: scale up down.</summary>
/// <param name="factors">both matrices</param>
/// <param name="scale">strength times alpha over rank</param>
internal sealed class LowRankChange(Factors factors, double scale) : WeightChange
{
    /// <summary>The panels of higher ranks together leave the caches.</summary>
    private const int HighestRank = 512;

    /// <inheritdoc/>
    public override void AddTo(Span<float> values, RankUpdate update) => AddTo(values, [this], update);

    /// <summary>Adds several of one tensor. Side by side they read and write the tensor once.</summary>
    public static void AddTo(Span<float> values, ReadOnlySpan<LowRankChange> changes, RankUpdate update)
    {
        while (!changes.IsEmpty)
        {
            int count = 0, rank = 0;
            while (count < changes.Length && (count == 0 || rank + changes[count].Rank <= HighestRank)) rank += changes[count++].Rank;
            var terms = new RankTerm[count];
            for (int i = 0; i < count; i++) terms[i] = changes[i].Rent();
            update.Add(values, changes[0].Columns, terms);
            foreach (var term in terms) Factors.Return(term);
            changes = changes[count..];
        }
    }

    private int Rank => factors.Rank;

    private int Columns => factors.Columns;

    private RankTerm Rent() => factors.Rent(scale);
}
