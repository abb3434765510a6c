namespace EvsNative.Kernels.Backends;

/// <summary>
/// What a device can do: for each call of the vocabulary the object that knows how. It owns these objects. Looking one up allocates
/// nothing.
/// </summary>
/// <param name="filters">packs what the products read</param>
internal sealed class OperationTable(IFilterPacking filters) : IKernels, IDisposable
{
    private readonly Dictionary<Type, object> _operations = [];
    private readonly HashSet<IDisposable> _owned = filters is IDisposable owned ? [owned] : [];

    /// <summary>The calls that it knows.</summary>
    public IReadOnlyCollection<Type> Calls => _operations.Keys;

    /// <summary>Adds an operation.</summary>
    public OperationTable With<TCall>(IOperation<TCall> operation) where TCall : struct, IKernelCall, allows ref struct
    {
        _operations.Add(typeof(TCall), operation);
        return operation is IDisposable disposable ? Owning(disposable) : this;
    }

    /// <summary>Takes over what operations share.</summary>
    public OperationTable Owning(IDisposable part)
    {
        _owned.Add(part);
        return this;
    }

    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage) => filters.Pack(shape, weights, storage);

    public void Run<TCall>(in TCall call) where TCall : struct, IKernelCall, allows ref struct
    {
        if (!_operations.TryGetValue(typeof(TCall), out object? operation))
            throw new DeviceException($"{TCall.Name}: this device has no such operation: choose another device");
        ((IOperation<TCall>)operation).Run(call);
    }

    public void Dispose()
    {
        foreach (var part in _owned) part.Dispose();
    }
}
