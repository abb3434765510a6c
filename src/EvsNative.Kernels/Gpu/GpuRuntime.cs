using System.Diagnostics;
using System.Reflection;

namespace EvsNative.Kernels.Gpu;

/// <summary>Groups of a launch in x, y and z.</summary>
internal readonly record struct Groups(int X, int Y = 1, int Z = 1)
{
    public override string ToString() => $"({X},{Y},{Z})";
}

/// <summary>A kernel loaded on a device. All arguments are one struct; tensors in it are <see cref="Operand"/>s.</summary>
internal abstract class GpuKernel<TArgs>(string name, int threads) where TArgs : struct
{
    /// <summary>The class and the policies that it was made with.</summary>
    public string Name { get; } = name;

    /// <summary>Threads of a group.</summary>
    public int Threads { get; } = threads;

    /// <summary>Starts it; it runs after all that was started before.</summary>
    public abstract void Launch(Groups groups, in TArgs args);
}

/// <summary>
/// A GPU: memory, transfers, kernels, one stream in which everything happens in order. Errors are <see cref="DeviceException"/>s that name
/// kernel and module.
/// </summary>
internal abstract class GpuRuntime(GpuCaps caps) : IDisposable
{
    private int _unsynchronised;

    public GpuCaps Caps { get; } = caps;

    /// <summary>One line about the device.</summary>
    public abstract string Description { get; }

    /// <summary>What the user should know of how it was opened, in one line; null if there is nothing.</summary>
    public virtual string? Remark => null;

    /// <summary>Memory that can still be had; the whole of it where the driver does not tell.</summary>
    public virtual long FreeBytes => Caps.MemoryBytes;

    /// <summary>Memory that a run takes beside its tensors: code, records of launches, what allocations are rounded up by.</summary>
    public virtual long RunBytes => 0;

    public CancellationToken Cancellation { get; set; }

    /// <summary>The module that computes, for errors.</summary>
    public Func<string> Path { get; set; } = () => "";

    /// <summary>The kernel that was started last, for errors that are told later than they happen.</summary>
    public string LastKernel { get; private set; } = "";

    /// <summary>Launches after which the host waits, so that a run can be cancelled.</summary>
    protected virtual int Pace => 64;

    /// <exception cref="DeviceException">the device has no room</exception>
    public abstract GpuBuffer Allocate(long bytes);

    /// <summary>Compiles and loads a static method of one argument, a struct; explicitly grouped, in one dimension of threads.</summary>
    /// <param name="kernel">with all type parameters given</param>
    /// <param name="threads">of a group</param>
    /// <param name="options">what else it needs</param>
    /// <exception cref="DeviceException">it does not compile on this device, or needs more than the device has</exception>
    public abstract GpuKernel<TArgs> Load<TArgs>(MethodInfo kernel, int threads, GpuKernelOptions options = default) where TArgs : struct;

    /// <summary>
    /// Makes machine code of kernels that will be loaded, on all processors at once. Does nothing on devices that compile only when they
    /// load.
    /// </summary>
    /// <param name="forms">the kernels</param>
    /// <param name="onCompiled">told how many are ready, one call at a time, from any thread</param>
    public virtual void Compile(IReadOnlyCollection<KernelForm> forms, Action<int>? onCompiled = null) { }

    public abstract void Write(GpuBuffer buffer, long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Waits for all that was started, then copies.</summary>
    public abstract void Read(GpuBuffer buffer, long offset, Span<byte> bytes);

    public abstract void Fill(GpuBuffer buffer, long offset, long count, byte value);

    /// <summary>Waits for all that was started.</summary>
    public abstract void Synchronize();

    /// <summary>
    /// Does a body whose launches depend on nothing but the key; a device may record them and start the record the next time instead. The
    /// body neither reads from the device nor writes to it from the host.
    /// </summary>
    public virtual void Replay(object key, Action body) => body();

    /// <summary>
    /// Milliseconds of the device between the first and the last of what is started. Where a device has no clock that we read, those from
    /// the first call to the end of the work.
    /// </summary>
    public virtual double Time(Action work)
    {
        Synchronize();
        long start = Stopwatch.GetTimestamp();
        work();
        Synchronize();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public abstract void Dispose();

    /// <summary>What a launch does first.</summary>
    protected internal void Starting(string kernel)
    {
        Cancellation.ThrowIfCancellationRequested();
        LastKernel = kernel;
        if (++_unsynchronised < Pace) return;
        _unsynchronised = 0;
        Synchronize();
    }

    /// <summary>Holds a kernel to the device's limits.</summary>
    /// <exception cref="DeviceException">it needs more</exception>
    protected void Hold(string kernel, int threads, GpuKernelOptions options)
    {
        string? objection =
            threads > Caps.MaxThreads ? $"it has {threads} threads, {Caps.MaxThreads} are possible" : options.Objection(Caps);
        if (objection is not null) throw Failure($"kernel {kernel} cannot be used: {objection}");
    }

    /// <summary>An error with the kernel and the module in its line.</summary>
    protected internal DeviceException Failure(string what, Exception? inner = null)
    {
        string at = Path() is { Length: > 0 } path ? $" at {path}" : "";
        string after = LastKernel.Length > 0 ? $" (after kernel {LastKernel}{at})" : at;
        return new DeviceException($"{Caps.Name}: {what}{after}", inner);
    }
}
