using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// The weights of networks on a device. Each tensor is read and uploaded once, however many networks ask for it (image and video model
/// share theirs). Missing, misshapen and non-finite tensors are collected and reported together by <see cref="Verify"/>, left-over ones
/// too; until then zeros stand in for what cannot be read. On a dry device shapes are checked and nothing is read. What products multiply
/// with is kept as the file stores it, in 16 bits or 32; vectors and tables are float32.
/// </summary>
public sealed class WeightStore
{
    private readonly Device _device;
    private readonly WeightReader _reader;
    private readonly bool _isCounted;
    private readonly Dictionary<(string Names, Shape Shape), Tensor> _tensors = [];
    private readonly Dictionary<(string Names, FilterShape Shape), Filter> _filters = [];
    private readonly List<Tensor> _constants = [];
    private readonly List<Filter> _made = [];

    /// <summary>A store on a file.</summary>
    /// <param name="device">where the weights go; they live as long as it does, or until <see cref="Free"/></param>
    /// <param name="file">where they come from; it stays the caller's and is not needed after <see cref="Verify"/>, but for parts of
    /// networks that come and go (<see cref="Part{T}"/>)</param>
    public WeightStore(Device device, IWeightFile file) : this(device, new WeightReader(file), isCounted: true) { }

    private WeightStore(Device device, WeightReader reader, bool isCounted) =>
        (_device, _reader, _isCounted) = (device, reader, isCounted);

    /// <summary>The top folder.</summary>
    public WeightSource Root => new(this, "");

    /// <summary>Filters that the file stores in 32 bits are kept in 16, unless a number of theirs is too large for that.</summary>
    public bool IsHalved { get; init; }

    /// <summary>
    /// Called with <see cref="NumbersRead"/> after each tensor until <see cref="Verify"/>; a progress bar counts to
    /// <see cref="IWeightFile.Count"/>.
    /// </summary>
    public Action<long>? OnRead
    {
        get => _reader.OnRead;
        init => _reader.OnRead = value;
    }

    /// <summary>Counts what the weights cost; one of its own if none is given.</summary>
    public WeightTally Tally
    {
        get => _reader.Tally;
        init => _reader.Tally = value;
    }

    /// <summary>Host memory that the largest tensor takes while it is read; known after a dry run too.</summary>
    public long LargestReadBytes => Tally.LargestReadBytes;

    /// <summary>Numbers read so far.</summary>
    public long NumbersRead => _reader.NumbersRead;

    /// <summary>
    /// Throws an <see cref="InputException"/> that lists everything wrong with the checkpoint. To be called when all networks on this store
    /// are built; it also gives the reading buffer back.
    /// </summary>
    public void Verify()
    {
        _reader.FreeBuffer();
        _reader.OnRead = null;
        _reader.Verify();
    }

    /// <summary>Gives back all that was read here. What was built on it is not to be used any more.</summary>
    public void Free()
    {
        long before = _device.PersistentBytes;
        foreach (var tensor in _tensors.Values.Concat(_constants)) _device.Free(tensor);
        foreach (var filter in _filters.Values.Concat(_made)) _device.Free(filter);
        _tensors.Clear();
        _filters.Clear();
        _constants.Clear();
        _made.Clear();
        Count(before);
    }

    /// <summary>A store of its own on the same file, for weights that come and go.</summary>
    internal WeightStore Borrow() => new(_device, _reader, _isCounted) { IsHalved = IsHalved };

    /// <summary>The same on a device that does nothing: names and shapes are checked, nothing is read and nothing counted.</summary>
    internal WeightStore Check() => new(_device.Twin, _reader, isCounted: false) { IsHalved = IsHalved };

    /// <summary>Bytes of what was read here, on the device.</summary>
    internal long Bytes { get; private set; }

    /// <summary>To be called when all that was borrowed is read: throws if numbers of it are not finite.</summary>
    internal void VerifyBorrowed()
    {
        _reader.FreeBuffer();
        _reader.VerifyAsked();
    }

    internal bool HasAnyUnder(string path) => _reader.HasAnyUnder(path);

    internal void Agrees(string name, Func<long[]> values, long[] stored) => _reader.Compare(_device, name, values, stored);

    internal Tensor Tensor(string[] names, long[] stored, Shape shape)
    {
        var key = (string.Join('|', names), shape);
        if (_tensors.TryGetValue(key, out var tensor)) return tensor;
        var values = _reader.Read(_device, names, stored, _isCounted);
        return _tensors[key] = Written(values, shape);
    }

    internal Filter Filter(string[] names, FilterShape shape)
    {
        if (names.Length == 0 || shape.Out % names.Length != 0)
            throw new ArgumentException($"filter: {shape} is no stack of {names.Length} equal parts");
        var key = (string.Join('|', names), shape);
        if (_filters.TryGetValue(key, out var filter)) return filter;
        int rows = shape.Out / names.Length;
        long[] stored = shape.Kernel == 1 ? [rows, shape.In] : [rows, shape.In, shape.Kernel, shape.Kernel];
        var values = _reader.Read(_device, names, stored, _isCounted);
        var storage = _reader.StorageOf(names);
        if (IsHalved && storage == WeightStorage.Float32 && FloatReader.FitHalf(values)) storage = WeightStorage.Float16;
        return _filters[key] = Packed(shape, values, storage);
    }

    internal Filter MadeFilter(FilterShape shape, Func<float[][], float[]> make, (string Name, long[] Shape)[] stored)
    {
        var filter = Packed(shape, Made(make, stored), WeightStorage.Float32);
        _made.Add(filter);
        return filter;
    }

    internal Tensor MadeNumbers(Shape shape, Func<float[][], float[]> make, (string Name, long[] Shape)[] stored)
    {
        var tensor = Written(Made(make, stored), shape);
        _constants.Add(tensor);
        return tensor;
    }

    internal Tensor Constant(Func<float[]> values, Shape shape)
    {
        var tensor = Written(_device.IsDry ? [] : values(), shape);
        _constants.Add(tensor);
        return tensor;
    }

    private float[] Made(Func<float[][], float[]> make, (string Name, long[] Shape)[] stored)
    {
        float[][] read = [.. stored.Select(tensor => _reader.Read(_device, [tensor.Name], tensor.Shape, _isCounted).ToArray())];
        return _device.IsDry ? [] : make(read);
    }

    private Filter Packed(FilterShape shape, ReadOnlySpan<float> values, WeightStorage storage)
    {
        long before = _device.PersistentBytes;
        var filter = _device.Pack(shape, values, storage);
        Count(before);
        return filter;
    }

    private Tensor Written(ReadOnlySpan<float> values, Shape shape)
    {
        long before = _device.PersistentBytes;
        var tensor = _device.Allocate(shape);
        Count(before);
        if (!_device.IsDry) _device.Write(tensor, values);
        return tensor;
    }

    private void Count(long before)
    {
        long more = _device.PersistentBytes - before;
        Bytes += more;
        if (_isCounted) Tally.Hold(more);
    }
}
