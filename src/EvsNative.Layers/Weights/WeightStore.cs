using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// The weights of networks on a device. Each tensor is read and uploaded once, however many networks ask for it (image and video model
/// share theirs). Missing, misshapen and non-finite tensors are collected and reported together by <see cref="Verify"/>, left-over ones
/// too; until then zeros stand in for what cannot be read. On a dry device shapes are checked and nothing is read. What products multiply
/// with is kept as the file stores it, in 16 bits or 32; vectors and tables are float32.
/// </summary>
/// <param name="device">where the weights go; they live as long as it does</param>
/// <param name="file">where they come from; it stays the caller's and is not needed after <see cref="Verify"/></param>
public sealed class WeightStore(Device device, IWeightFile file)
{
    private readonly Dictionary<(string Names, Shape Shape), Tensor> _tensors = [];
    private readonly Dictionary<(string Names, FilterShape Shape), Filter> _filters = [];
    private readonly WeightFindings _findings = new(file);
    private float[] _buffer = [];
    private long _numbersAsked;

    /// <summary>The top folder.</summary>
    public WeightSource Root => new(this, "");

    /// <summary>Filters that the file stores in 32 bits are kept in 16, unless a number of theirs is too large for that.</summary>
    public bool IsHalved { get; init; }

    /// <summary>
    /// Called with <see cref="NumbersRead"/> after each tensor; a progress bar counts to <see cref="IWeightFile.Count"/>.
    /// </summary>
    public Action<long>? OnRead { get; init; }

    /// <summary>Host memory that the largest tensor takes while it is read; known after a dry run too.</summary>
    public long LargestReadBytes { get; private set; }

    /// <summary>Numbers read so far.</summary>
    public long NumbersRead { get; private set; }

    /// <summary>
    /// Throws an <see cref="InputException"/> that lists everything wrong with the checkpoint. To be called when all networks on this store
    /// are built; it also gives the reading buffer back.
    /// </summary>
    public void Verify()
    {
        _buffer = [];
        _findings.Verify();
    }

    internal bool HasAnyUnder(string path) => file.Names.Any(name =>
        name.StartsWith(path, StringComparison.Ordinal) && (name.Length == path.Length || name[path.Length] == '.'));

    internal Tensor Tensor(string[] names, long[] stored, Shape shape)
    {
        var key = (string.Join('|', names), shape);
        if (_tensors.TryGetValue(key, out var tensor)) return tensor;
        var values = Read(names, stored);
        tensor = device.Allocate(shape);
        if (!device.IsDry) device.Write(tensor, values);
        return _tensors[key] = tensor;
    }

    internal Filter Filter(string[] names, FilterShape shape)
    {
        if (names.Length == 0 || shape.Out % names.Length != 0)
            throw new ArgumentException($"filter: {shape} is no stack of {names.Length} equal parts");
        var key = (string.Join('|', names), shape);
        if (_filters.TryGetValue(key, out var filter)) return filter;
        int rows = shape.Out / names.Length;
        var values = Read(names, shape.Kernel == 1 ? [rows, shape.In] : [rows, shape.In, shape.Kernel, shape.Kernel]);
        var storage = StorageOf(names);
        if (IsHalved && storage == WeightStorage.Float32 && FitHalf(values)) storage = WeightStorage.Float16;
        return _filters[key] = device.Pack(shape, values, storage);
    }

    private static bool FitHalf(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
            if (!(MathF.Abs(value) <= (float)Half.MaxValue)) return false;
        return true;
    }

    /// <summary>As the file stores them, where all parts of a stack agree.</summary>
    private WeightStorage StorageOf(string[] names)
    {
        var first = file.StorageOf(names[0]);
        return names.All(name => file.StorageOf(name) == first) ? first : WeightStorage.Float32;
    }

    internal Tensor Constant(Func<float[]> values, Shape shape)
    {
        var tensor = device.Allocate(shape);
        if (!device.IsDry) device.Write(tensor, values());
        return tensor;
    }

    /// <summary>Numbers of each tensor and of all together, held against the limits before anything is made for them.</summary>
    private (int Each, int All) Sizes(string[] names, long[] wanted)
    {
        long each = Product(wanted), all = each * names.Length;
        _numbersAsked += all;
        if (all <= InputLimits.WeightElements && _numbersAsked <= InputLimits.Elements) return ((int)each, (int)all);
        throw new InputException(
            InputCode.TooLarge,
            $"{file.Origin}: its configuration makes {InputText.Name(names[0])} [{string.Join(',', wanted)}] or all tensors together "
            + "larger than any network: check the configuration");
    }

    /// <summary>The product of lengths that are ints, and one more than is allowed where it is larger: so it cannot overflow.</summary>
    private static long Product(long[] lengths) =>
        lengths.Aggregate(1L, (product, length) => Math.Min(product * length, InputLimits.WeightElements + 1));

    /// <summary>
    /// The values of several tensors of one shape, one behind the other; empty on a dry device. Valid until the next call.
    /// </summary>
    private ReadOnlySpan<float> Read(string[] names, long[] wanted)
    {
        device.Cancellation.ThrowIfCancellationRequested();
        var (each, all) = Sizes(names, wanted);
        LargestReadBytes = Math.Max(LargestReadBytes, sizeof(float) * (long)all);
        if (!device.IsDry && _buffer.Length < all) _buffer = GC.AllocateUninitializedArray<float>(all);
        for (int i = 0; i < names.Length; i++)
        {
            var found = _findings.Find(names[i], wanted);
            if (device.IsDry) continue;
            var values = _buffer.AsSpan(i * each, each);
            if (found is null)
            {
                values.Clear();
                continue;
            }

            file.Read(names[i], found, values);
            _findings.CheckFinite(names[i], values);
            NumbersRead += each;
            OnRead?.Invoke(NumbersRead);
        }

        return device.IsDry ? [] : _buffer.AsSpan(0, all);
    }
}
