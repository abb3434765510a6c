using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Cuda;

/// <summary>Loads kernels: machine code from the cache, or PTX that the driver compiles.</summary>
internal sealed class CudaModules(CudaContext context, KernelCache cache, GpuCaps caps, int driverVersion) : IDisposable
{
    // Of static and dynamic shared memory together; above it, the dynamic part has to be asked for.
    private const int SharedWithoutAsking = 48 << 10;

    private readonly List<nint> _modules = [];
    private readonly List<CudaKernelFacts> _facts = [];

    /// <summary>Of every kernel that was loaded, in order.</summary>
    public IReadOnlyList<CudaKernelFacts> Facts => _facts;

    /// <summary>Loads a kernel.</summary>
    /// <param name="kernel">the text</param>
    /// <param name="dynamicShared">bytes of shared memory that launches add to the text's own</param>
    /// <param name="watch">running since its compilation began</param>
    /// <exception cref="DeviceException">the driver refuses it; the line has the first lines of its log</exception>
    public nint Load(PtxKernel kernel, int dynamicShared, Stopwatch watch)
    {
        context.Enter();
        var (module, isFromCache) = LoadModule(kernel);
        _modules.Add(module);
        string what = $"kernel {kernel.Name} cannot be used";
        context.Check(context.Driver.ModuleFunction(module, kernel.Entry, out nint function), what);
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

    private (nint Module, bool IsFromCache) LoadModule(PtxKernel kernel)
    {
        byte[] text = Encoding.UTF8.GetBytes(kernel.Text + '\0');
        if (cache.IsOn)
        {
            byte[] key = KernelCache.Key(kernel.Text, driverVersion, caps);
            if (cache.TryRead(key) is { } kept && context.Driver.ModuleLoad(kept, out nint found, out _) == CudaResult.Success)
                return (found, true);
            if (Compile(text, kernel.Entry) is { } code && context.Driver.ModuleLoad(code, out nint compiled, out _) == CudaResult.Success)
            {
                cache.Write(key, code);
                return (compiled, false);
            }
        }

        var result = context.Driver.ModuleLoad(text, out nint module, out var log);
        string said = log.Errors.Length > 0 ? $" [{FirstLines(log.Errors)}]" : "";
        context.Check(result, $"the driver refuses kernel {kernel.Name}{said}");
        return (module, false);
    }

    /// <summary>
    /// Machine code of a text; null if the driver's linker gives none, for whatever reason: loading the text itself then tells it.
    /// </summary>
    private byte[]? Compile(byte[] text, string name)
    {
        var driver = context.Driver;
        if (driver.LinkCreate(out nint link) != CudaResult.Success) return null;
        byte[]? code = null;
        bool isLinked = driver.LinkAddPtx(link, text, name) == CudaResult.Success;
        if (isLinked && driver.LinkComplete(link, out nint image, out long bytes) == CudaResult.Success)
        {
            code = new byte[bytes];
            Marshal.Copy(image, code, 0, code.Length);
        }

        driver.LinkDestroy(link);
        return code;
    }

    private static string FirstLines(string log)
    {
        const int Lines = 3;
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join("; ", lines.Take(Lines));
    }
}
