using EvsNative.Kernels;

namespace EvsNative.Models.Adapters;

/// <summary>
/// Products of the merge, by the processor's own kernels, whatever device the networks go to: so a merged weight is the same everywhere,
/// for any number of threads.
/// </summary>
/// <param name="threads">threads; 0 takes as many as the process may use</param>
internal sealed class MergeDevice(int threads) : IDisposable
{
    private const int NumbersAtOnce = 1 << 19, FewestRows = 96;

    private Device? _device;

    /// <summary>values += up down: each sum is made in float32 before it is added.</summary>
    /// <param name="values">[rows, columns]</param>
    /// <param name="up">[rows, rank]</param>
    /// <param name="down">[columns, rank]: the lower factor turned</param>
    /// <param name="rank">the axis that is summed over</param>
    public void AddProduct(Span<float> values, ReadOnlySpan<float> up, ReadOnlySpan<float> down, int rank) =>
        Multiply(values, up, down, rank, isSum: true);

    /// <summary>values = up down.</summary>
    /// <inheritdoc cref="AddProduct"/>
    public void Product(Span<float> values, ReadOnlySpan<float> up, ReadOnlySpan<float> down, int rank) =>
        Multiply(values, up, down, rank, isSum: false);

    /// <inheritdoc/>
    public void Dispose() => _device?.Dispose();

    /// <summary>Some rows at a time: what they need beside the tensor stays in the caches.</summary>
    private void Multiply(Span<float> values, ReadOnlySpan<float> up, ReadOnlySpan<float> down, int rank, bool isSum)
    {
        var d = _device ??= Device.Open(new DeviceOptions(Threads: threads));
        int columns = down.Length / rank, rows = up.Length / rank, most = Math.Max(FewestRows, NumbersAtOnce / columns);
        var filter = d.Pack(new FilterShape(columns, rank), down);
        for (int first = 0; first < rows; first += most)
        {
            using var scope = d.Enter("merge");
            int count = Math.Min(most, rows - first);
            var part = values.Slice(first * columns, count * columns);
            var x = d.Upload(up.Slice(first * rank, count * rank), new Shape(1, 1, count, rank));
            var y = d.Rent(new Shape(1, 1, count, columns));
            if (isSum) d.Write(y, part);
            d.Kernels.Linear(y, x, filter, isSum ? new Epilogue(Residual: y) : default);
            d.Read(y, part);
        }

        d.Free(filter);
    }
}
