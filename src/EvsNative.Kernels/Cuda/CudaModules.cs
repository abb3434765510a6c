using System.Diagnostics;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Cuda;

/// <summary>Loads kernels: machine code that is there already, or PTX that the driver compiles.</summary>
internal sealed class CudaModules(CudaContext context, CudaCode code, GpuCaps caps) : IDisposable
{
    // Of static and dynamic shared memory together; above it, the dynamic part has to be asked for.
    private const int SharedWithoutAsking = 48 << 10;

    private readonly List<nint> _modules = [];
    private readonly List<CudaKernelFacts> _facts = [];

    /// <summary>Of every kernel that was loaded, in order.</summary>
    public IReadOnlyList<CudaKernelFacts> Facts => _facts;

    /// <summary>Loads a kernel.</summary>
    /// <param name="kernel">which</param>
    /// <param name="dynamicShared">bytes of shared memory that launches add to the text's own</param>
    /// <exception cref="DeviceException">the driver refuses it; the line has the first lines of its log</exception>
    public nint Load(KernelForm kernel, int dynamicShared)
    {
        var watch = Stopwatch.StartNew();
        context.Enter();
        var (module, isFromCache) = LoadModule(kernel);
        _modules.Add(module);
        string what = $"kernel {kernel.Name} cannot be used";
        context.Check(context.Driver.ModuleFunction(module, PtxCompiler.EntryOf(kernel.Name), out nint function), what);
        int shared = Ask(CudaFunctionAttribute.StaticSharedBytes) + dynamicShared;
        if (shared > caps.OptInSharedBytes)
            throw context.Failure($"{what}: it needs {shared} bytes of shared memory a group, {caps.OptInSharedBytes} are possible");
        if (dynamicShared > 0 && shared > SharedWithoutAsking)
            context.Check(context.Driver.FunctionSet(function, CudaFunctionAttribute.MaxDynamicSharedBytes, dynamicShared), what);
        int threads = Ask(CudaFunctionAttribute.MaxThreads);
        if (threads < kernel.Threads) throw context.Failure($"{what}: it has {kernel.Threads} threads, its registers allow {threads}");
        _facts.Add(new CudaKernelFacts(
            kernel.Name, kernel.Threads, Ask(CudaFunctionAttribute.Registers), Ask(CudaFunctionAttribute.LocalBytes),
            shared, isFromCache, watch.Elapsed.TotalMilliseconds));
        return function;

        int Ask(CudaFunctionAttribute attribute)
        {
            context.Check(context.Driver.FunctionGet(function, attribute, out int value), what);
            return value;
        }
    }

    public void Dispose()
    {
        if (!context.TryEnter()) return;
        foreach (nint module in _modules) context.Driver.ModuleUnload(module);
        _modules.Clear();
    }

    private (nint Module, bool IsFromCache) LoadModule(KernelForm form)
    {
        if (code.Find(form) is { } found && TryLoad(found.Code, out nint ready)) return (ready, found.IsFromCache);
        var kernel = code.Text(form);
        if (code.IsKept && code.Link(kernel) is { } made && TryLoad(made, out nint linked))
        {
            code.Keep(form, made);
            return (linked, false);
        }

        var result = context.Driver.ModuleLoad(CudaCode.Bytes(kernel), out nint module, out var log);
        string said = log.Errors.Length > 0 ? $" [{FirstLines(log.Errors)}]" : "";
        context.Check(result, $"the driver refuses kernel {kernel.Name}{said}");
        return (module, false);
    }

    private bool TryLoad(byte[] image, out nint module) => context.Driver.ModuleLoad(image, out module, out _) == CudaResult.Success;

    private static string FirstLines(string log)
    {
        const int Lines = 3;
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join("; ", lines.Take(Lines));
    }
}
