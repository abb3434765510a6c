using EvsNative.Kernels.Backends;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Decorators;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.OpenCL;

namespace EvsNative.Kernels;

/// <summary>What runs the kernels.</summary>
public enum Backend
{
    /// <summary>All cores of the processor. Always there.</summary>
    Cpu,

    /// <summary>Nothing: shapes, weights, FLOPs and peak memory of a run without running it.</summary>
    Null,

    /// <summary>Any device with an OpenCL driver.</summary>
    OpenCL,

    /// <summary>An NVIDIA GPU; its driver is all that is needed.</summary>
    Cuda,
}

/// <summary>What a device is opened with.</summary>
/// <param name="Backend">what runs the kernels</param>
/// <param name="Threads">threads of the CPU backend; 0 takes as many as the process may use</param>
/// <param name="Counts">count operations, FLOPs and bytes by module path</param>
/// <param name="Times">time operations by module path</param>
/// <param name="VectorBits">128, 256 or 512; 0 takes the widest vectors the processor has. What it has not is emulated, for tests</param>
/// <param name="Index">which of the backend's devices</param>
/// <param name="Precision">how networks store their activations; sums, softmax, moments and latents are float32 whatever it is</param>
/// <param name="Profile">for dry runs: the GPU to plan for; the processor if absent</param>
/// <param name="KeepsFactors">kernels that round factors stored as float32 are left out: measures are of whole float32 numbers</param>
public readonly record struct DeviceOptions(
    Backend Backend = Backend.Cpu, int Threads = 0, bool Counts = false, bool Times = false, int VectorBits = 0,
    int Index = 0, ElementType Precision = ElementType.Float32, GpuCaps? Profile = null, bool KeepsFactors = false);

/// <summary>
/// A processor with its kernels and memory, passed explicitly to everything that computes. The only mutable thing of a forward pass.
/// Not for use from two threads at once.
/// </summary>
public sealed class Device : IDisposable
{
    private const long EndlessBytes = 1L << 60;

    private readonly IBackend _backend;
    private readonly Scratch _scratch;
    private readonly List<DeviceBuffer> _owned = [];
    private readonly Stack<string> _path = new();
    private readonly DeviceOptions _options;
    private readonly bool _isTwin;
    private long _largestOwnedBytes;
    private Device? _twin;

    private Device(DeviceOptions options, GpuRuntime? gpu = null, bool isGuarded = false, bool isTwin = false)
    {
        (_options, _isTwin) = (options, isTwin);
        Backend = options.Backend;
        _scratch = new Scratch(AllocateBuffer, isGuarded);
        Precision = options.Precision;
        _backend = options.Backend switch
        {
            _ when gpu is not null => OnGpu(gpu),
            Backend.Cpu when Precision != ElementType.Float32 => throw new DeviceException("the processor computes in float32 only"),
            Backend.Cpu => OnCpu(new CpuWorkers(options.Threads > 0 ? options.Threads : Environment.ProcessorCount), options),
            Backend.Null when options.Profile is { } profile =>
                OnGpu(new DryGpu(options.KeepsFactors ? profile with { Kernels = KernelKinds.Portable } : profile)),
            Backend.Null => OnCpu(new CpuWorkers(1, isDry: true), options),
            Backend.OpenCL => OnGpu(OpenCLGpu.Open(options.Index)),
            Backend.Cuda => OnGpu(CudaGpu.Open(options.Index, options.KeepsFactors)),
            _ => throw new ArgumentOutOfRangeException(nameof(options)),
        };

        // Blocks that grow leave their ends unused; on a dry run one endless block makes the peak exact, and it costs nothing.
        if (IsDry) _scratch.Reserve(EndlessBytes);

        var kernels = _backend.Kernels;
        if (options.Times) kernels = Timing = new TimingKernels(kernels, () => Path, _backend.Synchronize);
        if (options.Counts) kernels = Counting = new CountingKernels(kernels, () => Path, Launches(_backend));
        Kernels = new CheckedKernels(kernels, () => Path, IsDry, _backend.LeavesMoments);
    }

    /// <summary>Opens a device.</summary>
    public static Device Open(DeviceOptions options = default) => new(options);

    /// <summary>A device on a GPU that is open already; it owns it from now on.</summary>
    /// <param name="gpu">the GPU</param>
    /// <param name="options">backend and precision</param>
    /// <param name="isGuarded">each tensor has memory of its own, so that a GPU that checks bounds checks a tensor's</param>
    internal static Device On(GpuRuntime gpu, DeviceOptions options, bool isGuarded = false) => new(options, gpu, isGuarded);

    /// <summary>What runs the kernels.</summary>
    public Backend Backend { get; }

    /// <summary>How networks store their activations.</summary>
    public ElementType Precision { get; }

    /// <summary>What the GPU can do; null on the processor.</summary>
    public GpuCaps? Caps => (_backend as GpuBackend)?.Gpu.Caps;

    /// <summary>
    /// True if tensor cores multiply what is stored as float32: products round their factors to 11 bits (tf32), sums stay float32.
    /// </summary>
    public bool RoundsFactors => Caps?.TensorCores == TensorGeneration.Ampere;

    /// <summary>
    /// Memory that can still be had for tensors on the GPU in bytes, less what a run takes beside them; its whole memory where the driver
    /// does not tell, null on the processor.
    /// </summary>
    public long? FreeBytes => (_backend as GpuBackend)?.Gpu is { } gpu ? Math.Max(0, gpu.FreeBytes - gpu.RunBytes) : null;

    /// <summary>True on a dry run: operations do nothing and downloads give zeros.</summary>
    public bool IsDry => Backend == Backend.Null;

    /// <summary>One line about the processor.</summary>
    public string Description => _backend.Description;

    /// <summary>The same without what changes no bit of a result: two devices of one arithmetic compute the same.</summary>
    public string Arithmetic => _backend.Arithmetic;

    /// <summary>What the user should know of how it was opened, in one line; null if there is nothing.</summary>
    public string? Remark => (_backend as GpuBackend)?.Gpu.Remark;

    /// <summary>The vocabulary, checked.</summary>
    public IKernels Kernels { get; }

    /// <summary>
    /// A dry device with the memory of this one: what something would take here is asked there, and this device's counts know nothing of
    /// it. It lives as long as this one.
    /// </summary>
    public Device Twin
    {
        get
        {
            if (_isTwin) return this;
            _twin ??= new Device(
                new DeviceOptions(Backend.Null, VectorBits: _options.VectorBits, Precision: Precision, Profile: Caps), isTwin: true);
            _twin.Cancellation = Cancellation;
            return _twin;
        }
    }

    /// <summary>Operations, FLOPs and bytes, if the device was opened with Counts.</summary>
    public CountingKernels? Counting { get; }

    /// <summary>Times of the operations, if the device was opened with Times.</summary>
    public TimingKernels? Timing { get; }

    /// <summary>
    /// Cancelling stops the running operation with an <see cref="OperationCanceledException"/> within a fraction of a second.
    /// </summary>
    public CancellationToken Cancellation
    {
        get => _backend.Cancellation;
        set => _backend.Cancellation = value;
    }

    /// <summary>The module that computes, for errors and traces.</summary>
    public string Path => _path.Count > 0 ? _path.Peek() : "";

    /// <summary>Bytes of weights and other tensors that outlive scopes.</summary>
    public long PersistentBytes { get; private set; }

    /// <summary>The most that <see cref="PersistentBytes"/> has been so far.</summary>
    public long PersistentPeakBytes { get; private set; }

    /// <summary>Most bytes ever rented from the arena at one time.</summary>
    public long ScratchPeakBytes => _scratch.PeakBytes;

    /// <summary>Bytes that the device holds now; on a dry run those that it would need.</summary>
    public long HeldBytes => PersistentBytes + (IsDry ? _scratch.PeakBytes : _scratch.ReservedBytes);

    /// <summary>The most that it has held so far: weights and what else outlives scopes at their peak, and the arena.</summary>
    public long PeakHeldBytes => PersistentPeakBytes + (IsDry ? _scratch.PeakBytes : _scratch.ReservedBytes);

    /// <summary>Bytes of the largest single buffer that the device gives.</summary>
    public long MaxAllocationBytes => _backend.MaxAllocationBytes;

    /// <summary>
    /// Bytes of the largest tensor or filter ever rented, allocated or packed, temporaries of operations included. On a dry run it tells
    /// what a device's <see cref="MaxAllocationBytes"/> must be at least.
    /// </summary>
    public long LargestTensorBytes => Math.Max(_largestOwnedBytes, _scratch.LargestBytes);

    /// <summary>Makes room in the arena, in one block, so that a run of known peak allocates nothing.</summary>
    public void Reserve(long scratchBytes)
    {
        if (!IsDry) _scratch.Reserve(Math.Min(scratchBytes, MaxAllocationBytes));
    }

    /// <summary>For tests: told of memory that is asked for, says whether it is refused.</summary>
    internal Func<long, bool>? Refuses { get; set; }

    /// <summary>Starts the measurement of <see cref="ScratchPeakBytes"/> anew.</summary>
    public void ResetPeak() => _scratch.ResetPeak();

    /// <summary>The kernels that a dry run on a GPU's profile has started so far; none on other devices.</summary>
    public KernelPlan UsedKernels => new((_backend as GpuBackend)?.Gpu is DryGpu dry ? [.. dry.Forms] : []);

    /// <summary>
    /// Compiles what a piece of work will start, on all processors, before it is done. Nothing where the device compiles only when it
    /// loads.
    /// </summary>
    /// <param name="plan">the work's kernels, as a dry run of it on this device's profile showed them</param>
    /// <param name="onCompiled">told how many are ready, one call at a time, from any thread</param>
    /// <exception cref="OperationCanceledException">the device's token was cancelled</exception>
    public void Compile(KernelPlan plan, Action<int>? onCompiled = null) => (_backend as GpuBackend)?.Gpu.Compile(plan.Forms, onCompiled);

    /// <summary>A tensor of the arena, uninitialised, alive until the scope around it ends.</summary>
    public Tensor Rent(Shape shape, ElementType type = ElementType.Float32) => _scratch.Rent(shape, type);

    /// <summary>
    /// Room for the <see cref="ChannelMoments"/> of a tensor, of the arena; null if the device's products leave none, or its images do not
    /// divide into runs.
    /// </summary>
    public Tensor? RentMoments(Shape y) => _backend.LeavesMoments && ChannelMoments.ShapeOf(y) is { } shape ? Rent(shape) : null;

    /// <summary>Opens a scope: frees temporaries at its end, names errors, labels traces.</summary>
    public Scope Enter(string path)
    {
        Cancellation.ThrowIfCancellationRequested();
        _path.Push(path);
        return new Scope(this, _scratch.Here());
    }

    /// <summary>A tensor that lives as long as the device or until <see cref="Free(Tensor)"/>: weights, recorded features.</summary>
    public Tensor Allocate(Shape shape, ElementType type = ElementType.Float32)
    {
        var buffer = AllocateBuffer(shape.Count * type.Bytes());
        Own(buffer);
        return new Tensor(buffer, 0, shape, type);
    }

    /// <summary>Gives back what <see cref="Allocate"/> gave.</summary>
    public void Free(Tensor tensor)
    {
        if (!_owned.Remove(tensor.Buffer)) throw new ArgumentException("free: the tensor was not allocated by this device");
        PersistentBytes -= tensor.Buffer.Bytes;
        tensor.Buffer.Dispose();
    }

    /// <summary>Gives back what <see cref="Pack"/> gave.</summary>
    public void Free(Filter filter)
    {
        if (!_owned.Remove(filter.Buffer)) throw new ArgumentException("free: the filter was not packed by this device");
        PersistentBytes -= filter.Buffer.Bytes;
        filter.Buffer.Dispose();
    }

    /// <summary>
    /// Packs weights; they live as long as the device or until <see cref="Free(Filter)"/>. On a dry run the values may be left empty.
    /// </summary>
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage = WeightStorage.Float32)
    {
        Cancellation.ThrowIfCancellationRequested();
        var filter = Kernels.Pack(shape, weights, storage);
        Own(filter.Buffer);
        return filter;
    }

    /// <summary>A rented tensor with these values.</summary>
    public Tensor Upload(ReadOnlySpan<float> values, Shape shape, ElementType type = ElementType.Float32)
    {
        var y = Rent(shape, type);
        Write(y, values);
        return y;
    }

    /// <summary>Copies host values into a tensor.</summary>
    public void Write(Tensor y, ReadOnlySpan<float> values)
    {
        if (values.Length != y.Shape.Count) throw new ArgumentException($"write: {values.Length} values do not fill {y.Shape}");
        _backend.Write(y, values);
    }

    /// <summary>Copies a tensor to the host.</summary>
    public void Read(Tensor x, Span<float> values)
    {
        if (values.Length != x.Shape.Count) throw new ArgumentException($"read: {x.Shape} does not fit {values.Length} values");
        _backend.Read(x, values);
    }

    /// <summary>Waits until everything that was started is done.</summary>
    public void Synchronize() => _backend.Synchronize();

    /// <summary>
    /// Does a body whose operations depend on nothing but the key, so that a device that can may record them and start the record the next
    /// time. The body neither uploads nor downloads, and its tensors lie where they lay the last time.
    /// </summary>
    public void Replay(object key, Action body)
    {
        Cancellation.ThrowIfCancellationRequested();
        // A record runs past the decorators.
        if (Counting is null && Timing is null) _backend.Replay(key, body);
        else body();
    }

    /// <summary>The values of a tensor.</summary>
    public float[] Download(Tensor x)
    {
        float[] values = new float[x.Shape.Count];
        Read(x, values);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _twin?.Dispose();
        _backend.Dispose();
        _scratch.Dispose();
        foreach (var buffer in _owned) buffer.Dispose();
        _owned.Clear();
    }

    private DeviceBuffer AllocateBuffer(long bytes)
    {
        if (Refuses?.Invoke(bytes) == true) throw new DeviceMemoryException($"{bytes} bytes more are refused");
        return _backend.Allocate(bytes);
    }

    private void Own(DeviceBuffer buffer)
    {
        _owned.Add(buffer);
        PersistentBytes += buffer.Bytes;
        PersistentPeakBytes = Math.Max(PersistentPeakBytes, PersistentBytes);
        _largestOwnedBytes = Math.Max(_largestOwnedBytes, buffer.Bytes);
    }

    /// <summary>A dry GPU tells what it would start.</summary>
    private static Func<LaunchMark>? Launches(IBackend backend) =>
        (backend as GpuBackend)?.Gpu is DryGpu dry ? () => new LaunchMark(dry.TotalLaunches, dry.LastKernel) : null;

    private CpuBackend OnCpu(CpuWorkers workers, DeviceOptions options) => new(workers, options.VectorBits, _scratch);

    private GpuBackend OnGpu(GpuRuntime gpu)
    {
        gpu.Path = () => Path;
        return new GpuBackend(gpu, _scratch);
    }

    /// <summary>Ends with <c>using</c>; everything rented inside is free afterwards.</summary>
    public readonly struct Scope : IDisposable
    {
        private readonly Device _device;
        private readonly Scratch.Mark _mark;

        internal Scope(Device device, Scratch.Mark mark) => (_device, _mark) = (device, mark);

        /// <inheritdoc/>
        public void Dispose()
        {
            _device._path.Pop();
            _device._scratch.Release(_mark);
        }
    }
}
