using System.Reflection;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Cuda;

/// <summary>
/// An NVIDIA GPU through the driver's API alone: kernels compiled to PTX here, one stream, memory from the driver's pool, copies through
/// page-locked memory, machine code kept on disk, repeated bodies recorded as graphs.
/// </summary>
internal sealed unsafe class CudaGpu : GpuRuntime
{
    private readonly CudaContext _context;
    private readonly CudaMemory _memory;
    private readonly CudaStaging _staging;
    private readonly CudaCode _code;
    private readonly CudaModules _modules;
    private readonly CudaGraphs _graphs;
    private readonly CudaPace _pace;
    private readonly PtxCompiler _compiler;
    private readonly MemoryOwner _owner;
    private readonly List<nint> _freedWhileRecording = [];
    private readonly bool _isSynchronous;

    private CudaGpu(ICudaDriver driver, int device, GpuCaps caps, PtxTarget target, CudaSettings settings) : base(caps)
    {
        _isSynchronous = settings.IsSynchronous;
        string?[] remarks = [KernelChoice.Remark(caps with { Kernels = settings.Kernels }), settings.Cache.Folder is { } folder ? CacheFolder.Objection(folder) : null];
        Remark = remarks.Any(remark => remark is not null) ? string.Join("; ", remarks.OfType<string>()) : null;
        _context = new CudaContext(driver, device, what => Failure(what));
        try
        {
            _memory = new CudaMemory(_context);
            _staging = new CudaStaging(_context);
            _graphs = new CudaGraphs(_context, Starting);
            _pace = new CudaPace(_context);
            _compiler = new PtxCompiler(target);
            string machine = $"{settings.Driver}, {caps.Driver}, {caps.Name}, sm_{caps.Sm}";
            _code = new CudaCode(_context, settings.Cache, _compiler, machine);
            _modules = new CudaModules(_context, _code, caps);
            _owner = new MemoryOwner();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override string Description => $"cuda:{_context.Device} {Caps.Name} ({Caps.Driver})";

    public override string? Remark { get; }

    /// <summary>Bytes that can be allocated now.</summary>
    public override long FreeBytes => _memory.FreeBytes;

    // Modules and graphs of a whole run take 100 to 300 MB by what is known of other programs; pools grow by steps of 2 MB and more.
    public override long RunBytes => 256 << 20;

    /// <summary>What the driver made of the kernels loaded so far.</summary>
    public IReadOnlyList<CudaKernelFacts> Facts => _modules.Facts;

    /// <summary>Kernels that were compiled from C# since the device was opened; what was found on disk is not.</summary>
    public int Compilations => _compiler.Compilations;

    /// <summary>The device's own name in the world, as nvidia-smi prints it.</summary>
    public string Uuid => _context.Driver.DeviceUuid(_context.Device, out string uuid) == CudaResult.Success ? uuid : "";

    // The base would wait for everything; the pace here never lets the device run dry.
    protected override int Pace => int.MaxValue;

    /// <summary>Opens a device by the driver's number.</summary>
    /// <param name="index">the driver's number of the device</param>
    /// <param name="keepsFactors">kernels that round factors stored as float32 are left out</param>
    /// <exception cref="DeviceException">there is no driver, no such device, or it cannot do what kernels need</exception>
    public static CudaGpu Open(int index, bool keepsFactors = false) =>
        Open(CudaDriver.Load(), index, CudaSettings.OfUser() with { KeepsFactors = keepsFactors });

    /// <summary>Opens a device of a driver.</summary>
    /// <param name="driver">what to call</param>
    /// <param name="index">the driver's number of the device</param>
    /// <param name="settings">the user's if absent</param>
    public static CudaGpu Open(ICudaDriver driver, int index, CudaSettings? settings = null)
    {
        int count = CudaDevices.Start(driver);
        if (index < 0 || index >= count) throw new DeviceException($"there is no CUDA device {index}: they are 0 to {count - 1}");
        int device = CudaDevices.At(driver, index);
        settings ??= CudaSettings.OfUser();
        var caps = CudaDevices.Caps(driver, device) with
        {
            Kernels = settings.KeepsFactors ? KernelKinds.Portable : settings.Kernels,
        };
        return new CudaGpu(driver, device, caps, PtxTarget.For(caps.Sm, CudaDevices.Version(driver)), settings);
    }

    public override GpuBuffer Allocate(long bytes)
    {
        _graphs.Refuse("an allocation");
        bytes = Math.Max(bytes, 1);
        nint address = _memory.Allocate(bytes);
        return _owner.Wrap(address, bytes, () => Free(address));
    }

    public override GpuKernel<TArgs> Load<TArgs>(MethodInfo kernel, int threads, GpuKernelOptions options = default)
    {
        _graphs.Refuse("the loading of a kernel");
        var form = new KernelForm(kernel, threads, options.MinGroups);
        Hold(form.Name, threads, options);
        return new CudaKernel<TArgs>(this, _modules.Load(form, options.SharedBytes), form.Name, threads, options);
    }

    public override void Compile(IReadOnlyCollection<KernelForm> forms, Action<int>? onCompiled = null)
    {
        _graphs.Refuse("compiling");
        _code.Prepare(forms, onCompiled, Cancellation);
    }

    public override void Write(GpuBuffer buffer, long offset, ReadOnlySpan<byte> bytes)
    {
        _graphs.Refuse("a copy from the host");
        _staging.Write(At(buffer, offset, bytes.Length), bytes);
    }

    public override void Read(GpuBuffer buffer, long offset, Span<byte> bytes)
    {
        _graphs.Refuse("a copy to the host");
        nint source = At(buffer, offset, bytes.Length);
        if (bytes.IsEmpty) return;
        _context.Enter();
        fixed (byte* target = bytes)
        {
            // The copy writes into memory that is the caller's only until this returns: whatever happens, it must be over by then.
            var result = _context.Driver.CopyToHost(target, source, bytes.Length, _context.Stream);
            _context.Synchronize();
            _context.Check(result, "reading from the device failed");
        }
    }

    public override void Fill(GpuBuffer buffer, long offset, long count, byte value)
    {
        nint target = At(buffer, offset, count);
        if (count == 0) return;
        _context.Enter();
        _context.Check(_context.Driver.Fill(target, value, count, _context.Stream), "filling memory failed");
    }

    public override void Synchronize()
    {
        _graphs.Refuse("waiting");
        _context.Synchronize();
    }

    public override void Replay(object key, Action body)
    {
        if (_isSynchronous)
        {
            body();
            return;
        }

        try
        {
            _graphs.Replay(key, body);
        }
        finally
        {
            if (!_graphs.IsRecording)
            {
                foreach (nint address in _freedWhileRecording) _memory.Free(address);
                _freedWhileRecording.Clear();
            }
        }

        if (!_graphs.IsRecording) _pace.Mark();
    }

    public override double Time(Action work)
    {
        _graphs.Refuse("timing");
        _context.Enter();
        const string What = "time cannot be measured";
        nint start = 0, end = 0;
        try
        {
            _context.Check(_context.Driver.EventCreate(isTimed: true, out start), What);
            _context.Check(_context.Driver.EventCreate(isTimed: true, out end), What);
            _context.Check(_context.Driver.EventRecord(start, _context.Stream), What);
            work();
            _context.Check(_context.Driver.EventRecord(end, _context.Stream), What);
            Synchronize();
            _context.Check(_context.Driver.EventElapsed(start, end, out float milliseconds), What);
            return milliseconds;
        }
        finally
        {
            if (start != 0) _context.Driver.EventDestroy(start);
            if (end != 0) _context.Driver.EventDestroy(end);
        }
    }

    /// <summary>Starts a kernel.</summary>
    internal void Start(string name, nint function, CudaLaunchShape shape, CudaLaunchAttribute[] attributes, byte* arguments, int bytes)
    {
        string previous = LastKernel;
        Starting(name);
        _context.Enter();
        var result = attributes.Length == 0
            ? _context.Driver.Launch(function, shape, _context.Stream, arguments, bytes)
            : _context.Driver.LaunchWith(attributes, function, shape, _context.Stream, arguments, bytes);
        if (result.IsFatal()) _context.Check(result, $"the device failed in kernel {previous} or before it");
        if (result != CudaResult.Success)
            _context.Check(result, $"kernel {name} did not start in {shape.Groups} groups of {shape.Threads} threads");
        if (_graphs.IsRecording) return;
        if (_isSynchronous) _context.Synchronize();
        else _pace.Step();
    }

    public override void Dispose()
    {
        // The device may be reading page-locked memory, or running a kernel, this very moment.
        _context.Settle();

        // In a constructor that failed, some are missing.
        _graphs?.Dispose();
        _pace?.Dispose();
        _staging?.Dispose();
        _modules?.Dispose();
        _memory?.Dispose();
        _context.Dispose();
        _compiler?.Dispose();
        _owner?.Dispose();
    }

    private static nint At(GpuBuffer buffer, long offset, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, buffer.Bytes - offset);
        return buffer.Address + (nint)offset;
    }

    private void Free(nint address)
    {
        _graphs.Forget();
        if (_graphs.IsRecording) _freedWhileRecording.Add(address);
        else _memory.Free(address);
    }
}
