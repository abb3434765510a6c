using System.Buffers;

namespace EvsNative.Models.Adapters;

/// <summary>LoRA and LoCon: scale up down.</summary>
/// <param name="factors">both matrices</param>
/// <param name="scale">strength times alpha over rank</param>
internal sealed class LowRankChange(Factors factors, double scale) : WeightChange
{
    /// <summary>Products of higher ranks gain nothing from being one.</summary>
    private const int HighestRank = 512;

    /// <inheritdoc/>
    public override void AddTo(Span<float> values, MergeDevice d) => AddTo(values, [this], d);

    /// <summary>
    /// Adds several of one tensor. Side by side they are one product of the sum of their ranks, which reads and writes the tensor once.
    /// </summary>
    public static void AddTo(Span<float> values, ReadOnlySpan<LowRankChange> changes, MergeDevice d)
    {
        while (!changes.IsEmpty)
        {
            int count = 0, rank = 0;
            while (count < changes.Length && (count == 0 || rank + changes[count].Rank <= HighestRank)) rank += changes[count++].Rank;
            AddProduct(values, changes[..count], rank, d);
            changes = changes[count..];
        }
    }

    private int Rank => factors.Rank;

    private static void AddProduct(Span<float> values, ReadOnlySpan<LowRankChange> changes, int rank, MergeDevice d)
    {
        int rows = changes[0].Rows, columns = changes[0].Columns;
        float[] up = ArrayPool<float>.Shared.Rent(rows * rank), down = ArrayPool<float>.Shared.Rent(columns * rank);
        int at = 0;
        foreach (var change in changes)
        {
            change.Write(up, down, rank, at);
            at += change.Rank;
        }

        d.AddProduct(values, up.AsSpan(0, rows * rank), down.AsSpan(0, columns * rank), rank);
        ArrayPool<float>.Shared.Return(up);
        ArrayPool<float>.Shared.Return(down);
    }

    private int Rows => factors.Rows;

    private int Columns => factors.Columns;

    private void Write(Span<float> up, Span<float> down, int stride, int at)
    {
        factors.WriteUp(up, stride, at, (float)scale);
        factors.WriteDown(down, stride, at);
    }
}
