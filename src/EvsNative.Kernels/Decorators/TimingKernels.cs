using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EvsNative.Kernels.Decorators;

/// <summary>How long one operation took in one module, all its calls together.</summary>
/// <param name="Path">the module</param>
/// <param name="Operation">the word of <see cref="IKernels"/></param>
/// <param name="Calls">how often</param>
/// <param name="Elapsed">wall time</param>
public readonly record struct OperationTime(string Path, string Operation, long Calls, TimeSpan Elapsed);

/// <summary>Wall time of each operation, by module path.</summary>
/// <param name="inner">the next in line</param>
/// <param name="path">the module that computes</param>
/// <param name="finish">waits for the device, so that an operation's time is its own</param>
public sealed class TimingKernels(IKernels inner, Func<string> path, Action finish) : IKernels
{
    private readonly Dictionary<(string Path, string Operation), OperationTime> _times = [];

    /// <summary>Calls since the start or the last <see cref="Reset"/>.</summary>
    public long TotalCalls { get; private set; }

    /// <summary>Time inside operations since the start or the last <see cref="Reset"/>.</summary>
    public TimeSpan TotalElapsed { get; private set; }

    /// <summary>One row for each module and operation, in the order of their first calls.</summary>
    public IReadOnlyCollection<OperationTime> Records => _times.Values;

    /// <summary>One row for each operation, over all modules; the path is empty.</summary>
    public IReadOnlyList<OperationTime> ByOperation() =>
    [
        .. _times.Values.GroupBy(row => row.Operation).Select(rows =>
            new OperationTime("", rows.Key, rows.Sum(row => row.Calls), new TimeSpan(rows.Sum(row => row.Elapsed.Ticks)))),
    ];

    /// <summary>Forgets all times.</summary>
    public void Reset()
    {
        _times.Clear();
        (TotalCalls, TotalElapsed) = (0, default);
    }

    /// <inheritdoc/>
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage) => inner.Pack(shape, weights, storage);

    /// <inheritdoc/>
    public void Conv2d(Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Conv2d(y, x, x2, filter, geometry, epilogue);
        Add(nameof(Conv2d), start);
    }

    /// <inheritdoc/>
    public void Linear(Tensor y, Tensor x, Filter filter, in Epilogue epilogue)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Linear(y, x, filter, epilogue);
        Add(nameof(Linear), start);
    }

    /// <inheritdoc/>
    public void LinearSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias)
    {
        long start = Stopwatch.GetTimestamp();
        inner.LinearSplit(ys, x, filter, bias);
        Add(nameof(LinearSplit), start);
    }

    /// <inheritdoc/>
    public void LinearGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias)
    {
        long start = Stopwatch.GetTimestamp();
        inner.LinearGeglu(y, x, filter, bias);
        Add(nameof(LinearGeglu), start);
    }

    /// <inheritdoc/>
    public void Attention(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Attention(y, q, k, v, options);
        Add(nameof(Attention), start);
    }

    /// <inheritdoc/>
    public void GroupNorm(Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation)
    {
        long start = Stopwatch.GetTimestamp();
        inner.GroupNorm(y, x, x2, weight, bias, groups, eps, activation);
        Add(nameof(GroupNorm), start);
    }

    /// <inheritdoc/>
    public void LayerNorm(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage)
    {
        long start = Stopwatch.GetTimestamp();
        inner.LayerNorm(y, x, weight, bias, eps, perImage);
        Add(nameof(LayerNorm), start);
    }

    /// <inheritdoc/>
    public void Embed(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Embed(y, table, positions, ids);
        Add(nameof(Embed), start);
    }

    /// <inheritdoc/>
    public void Combine(Tensor y, float a, Tensor x, float b, Tensor? x2, float c, Tensor? x3)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Combine(y, a, x, b, x2, c, x3);
        Add(nameof(Combine), start);
    }

    /// <inheritdoc/>
    public void Activate(Tensor y, Tensor x, Activation activation)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Activate(y, x, activation);
        Add(nameof(Activate), start);
    }

    /// <inheritdoc/>
    public void Copy(Tensor y, Tensor x)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Copy(y, x);
        Add(nameof(Copy), start);
    }

    /// <inheritdoc/>
    public void Resize(Tensor y, Tensor x, Interpolation interpolation)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Resize(y, x, interpolation);
        Add(nameof(Resize), start);
    }

    /// <inheritdoc/>
    public void Noise(Tensor y, in NoiseKey key)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Noise(y, key);
        Add(nameof(Noise), start);
    }

    /// <inheritdoc/>
    public void FromBytes(Tensor y, ReadOnlySpan<byte> rgb)
    {
        long start = Stopwatch.GetTimestamp();
        inner.FromBytes(y, rgb);
        Add(nameof(FromBytes), start);
    }

    /// <inheritdoc/>
    public void ToBytes(Span<byte> rgb, Tensor x)
    {
        long start = Stopwatch.GetTimestamp();
        inner.ToBytes(rgb, x);
        Add(nameof(ToBytes), start);
    }

    /// <inheritdoc/>
    public long CountNonFinite(Tensor x)
    {
        long start = Stopwatch.GetTimestamp();
        long found = inner.CountNonFinite(x);
        Add(nameof(CountNonFinite), start);
        return found;
    }

    private void Add(string operation, long start)
    {
        finish();
        string at = path();
        var elapsed = Stopwatch.GetElapsedTime(start);
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_times, (at, operation), out _);
        row = new OperationTime(at, operation, row.Calls + 1, row.Elapsed + elapsed);
        TotalCalls++;
        TotalElapsed += elapsed;
    }
}
