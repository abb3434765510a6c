using System.Runtime.InteropServices;

namespace EvsNative.Kernels.Decorators;

/// <summary>What one operation cost in one module, all its calls together.</summary>
/// <param name="Path">the module</param>
/// <param name="Operation">the word of <see cref="IKernels"/></param>
/// <param name="Calls">how often</param>
/// <param name="Flops">2 for each multiply-add of products, convolutions and attention; border taps counted; other operations count none</param>
/// <param name="Bytes">inputs, weights and outputs, each read or written once</param>
public readonly record struct OperationCount(string Path, string Operation, long Calls, long Flops, long Bytes);

/// <summary>FLOPs and bytes of each operation, by module path.</summary>
/// <param name="inner">the next in line</param>
/// <param name="path">the module that computes</param>
public sealed class CountingKernels(IKernels inner, Func<string> path) : IKernels
{
    private readonly Dictionary<(string Path, string Operation), OperationCount> _counts = [];

    /// <summary>Calls since the start or the last <see cref="Reset"/>.</summary>
    public long TotalCalls { get; private set; }

    /// <summary>FLOPs since the start or the last <see cref="Reset"/>.</summary>
    public long TotalFlops { get; private set; }

    /// <summary>Bytes since the start or the last <see cref="Reset"/>.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>One row for each module and operation, in the order of their first calls.</summary>
    public IReadOnlyCollection<OperationCount> Records => _counts.Values;

    /// <summary>One row for each operation, over all modules; the path is empty.</summary>
    public IReadOnlyList<OperationCount> ByOperation() =>
    [
        .. _counts.Values.GroupBy(row => row.Operation).Select(rows =>
            new OperationCount("", rows.Key, rows.Sum(row => row.Calls), rows.Sum(row => row.Flops), rows.Sum(row => row.Bytes))),
    ];

    /// <summary>Forgets all counts.</summary>
    public void Reset()
    {
        _counts.Clear();
        (TotalCalls, TotalFlops, TotalBytes) = (0, 0, 0);
    }

    /// <inheritdoc/>
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage) => inner.Pack(shape, weights, storage);

    /// <inheritdoc/>
    public void Conv2d(Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue)
    {
        long bytes = y.Bytes + x.Bytes + Bytes(x2) + Weights(filter, x) + Bytes(epilogue);
        Add(nameof(Conv2d), Products(y.Shape.Rows, filter), bytes);
        inner.Conv2d(y, x, x2, filter, geometry, epilogue);
    }

    /// <inheritdoc/>
    public void Linear(Tensor y, Tensor x, Filter filter, in Epilogue epilogue)
    {
        Add(nameof(Linear), Products(x.Shape.Rows, filter), y.Bytes + x.Bytes + Weights(filter, x) + Bytes(epilogue));
        inner.Linear(y, x, filter, epilogue);
    }

    /// <inheritdoc/>
    public void LinearSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias)
    {
        long bytes = x.Bytes + Weights(filter, x) + Bytes(bias);
        foreach (var y in ys) bytes += y.Bytes;
        Add(nameof(LinearSplit), Products(x.Shape.Rows, filter), bytes);
        inner.LinearSplit(ys, x, filter, bias);
    }

    /// <inheritdoc/>
    public void LinearGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias)
    {
        Add(nameof(LinearGeglu), Products(x.Shape.Rows, filter), y.Bytes + x.Bytes + Weights(filter, x) + Bytes(bias));
        inner.LinearGeglu(y, x, filter, bias);
    }

    /// <inheritdoc/>
    public void Attention(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options)
    {
        // Every row of q meets all the rows of its sequence, in the scores and in the sums of v.
        long keys = options.Axis == SequenceAxis.Frames ? options.Frames : k.Shape.Pixels;
        Add(nameof(Attention), 4 * q.Shape.Count * keys, y.Bytes + q.Bytes + k.Bytes + v.Bytes + Bytes(options.Blend?.Inverted));
        inner.Attention(y, q, k, v, options);
    }

    /// <inheritdoc/>
    public void GroupNorm(Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation)
    {
        Add(nameof(GroupNorm), 0, y.Bytes + x.Bytes + Bytes(x2) + weight.Bytes + bias.Bytes);
        inner.GroupNorm(y, x, x2, weight, bias, groups, eps, activation);
    }

    /// <inheritdoc/>
    public void LayerNorm(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage)
    {
        Add(nameof(LayerNorm), 0, y.Bytes + x.Bytes + weight.Bytes + bias.Bytes + Bytes(perImage));
        inner.LayerNorm(y, x, weight, bias, eps, perImage);
    }

    /// <inheritdoc/>
    public void Embed(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids)
    {
        // The rows of the table that the ids name, and the positions in use.
        Add(nameof(Embed), 0, y.Bytes + (y.Shape.Count * table.Type.Bytes()) + ((long)y.Shape.W * y.Shape.C * positions.Type.Bytes()));
        inner.Embed(y, table, positions, ids);
    }

    /// <inheritdoc/>
    public void Combine(Tensor y, float a, Tensor x, float b, Tensor? x2, float c, Tensor? x3)
    {
        Add(nameof(Combine), 0, y.Bytes + x.Bytes + Bytes(x2) + Bytes(x3));
        inner.Combine(y, a, x, b, x2, c, x3);
    }

    /// <inheritdoc/>
    public void Activate(Tensor y, Tensor x, Activation activation)
    {
        Add(nameof(Activate), 0, y.Bytes + x.Bytes);
        inner.Activate(y, x, activation);
    }

    /// <inheritdoc/>
    public void Copy(Tensor y, Tensor x)
    {
        Add(nameof(Copy), 0, y.Bytes + x.Bytes);
        inner.Copy(y, x);
    }

    /// <inheritdoc/>
    public void Resize(Tensor y, Tensor x, Interpolation interpolation)
    {
        Add(nameof(Resize), 0, y.Bytes + x.Bytes);
        inner.Resize(y, x, interpolation);
    }

    /// <inheritdoc/>
    public void Noise(Tensor y, in NoiseKey key)
    {
        Add(nameof(Noise), 0, y.Bytes);
        inner.Noise(y, key);
    }

    /// <inheritdoc/>
    public void FromBytes(Tensor y, ReadOnlySpan<byte> rgb)
    {
        Add(nameof(FromBytes), 0, y.Bytes + rgb.Length);
        inner.FromBytes(y, rgb);
    }

    /// <inheritdoc/>
    public void ToBytes(Span<byte> rgb, Tensor x)
    {
        Add(nameof(ToBytes), 0, x.Bytes + rgb.Length);
        inner.ToBytes(rgb, x);
    }

    /// <inheritdoc/>
    public long CountNonFinite(Tensor x)
    {
        Add(nameof(CountNonFinite), 0, x.Bytes);
        return inner.CountNonFinite(x);
    }

    private static long Products(long rows, Filter filter) => 2 * rows * filter.Shape.Count;

    private static long Weights(Filter filter, Tensor x) => filter.Shape.Count * x.Type.Bytes();

    private static long Bytes(Tensor? tensor) => tensor?.Bytes ?? 0;

    private static long Bytes(in Epilogue epilogue) => Bytes(epilogue.Bias) + Bytes(epilogue.PerImage) + Bytes(epilogue.Residual);

    private void Add(string operation, long flops, long bytes)
    {
        string at = path();
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, (at, operation), out _);
        row = new OperationCount(at, operation, row.Calls + 1, row.Flops + flops, row.Bytes + bytes);
        TotalCalls++;
        TotalFlops += flops;
        TotalBytes += bytes;
    }
}
