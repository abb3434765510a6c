using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Cuda;

/// <summary>
/// Machine code of kernels: found on disk, made ahead on all processors, or made when it is asked for. What is found needs neither our
/// compiler nor the driver's.
/// </summary>
/// <param name="context">where the driver's compiler works</param>
/// <param name="cache">code of earlier runs</param>
/// <param name="compiler">to PTX</param>
/// <param name="machine">driver and device that code is for</param>
internal sealed class CudaCode(CudaContext context, KernelCache cache, PtxCompiler compiler, string machine)
{
    private readonly ConcurrentDictionary<KernelForm, (byte[] Code, bool IsFromCache)> _ready = [];

    /// <summary>False where no code is kept on disk: then the driver may as well load texts.</summary>
    public bool IsKept => cache.IsOn;

    /// <summary>Code that needs no compiling; null if there is none.</summary>
    public (byte[] Code, bool IsFromCache)? Find(KernelForm form)
    {
        if (_ready.TryGetValue(form, out var ready)) return ready;
        return cache.TryRead(KeyOf(form)) is { } kept ? (kept, true) : null;
    }

    /// <summary>The text, for the driver.</summary>
    public PtxKernel Text(KernelForm form) => compiler.Compile(form.Kernel, form.Threads, form.MinGroups);

    /// <summary>
    /// Machine code of a text; null if the driver's linker gives none, for whatever reason: loading the text itself then tells it.
    /// </summary>
    public byte[]? Link(PtxKernel kernel)
    {
        var driver = context.Driver;
        if (driver.LinkCreate(out nint link) != CudaResult.Success) return null;
        byte[]? code = null;
        bool isLinked = driver.LinkAddPtx(link, Bytes(kernel), kernel.Entry) == CudaResult.Success;
        if (isLinked && driver.LinkComplete(link, out nint image, out long bytes) == CudaResult.Success)
        {
            code = new byte[bytes];
            Marshal.Copy(image, code, 0, code.Length);
        }

        driver.LinkDestroy(link);
        return code;
    }

    /// <summary>Code that the driver has taken is kept for later runs.</summary>
    public void Keep(KernelForm form, byte[] code) => cache.Write(KeyOf(form), code);

    /// <summary>
    /// Makes code of all forms that have none yet. Our compiler works on one of them at a time, passes and the driver's compiler on as many
    /// as there are processors. What fails is left: loading it tells why.
    /// </summary>
    /// <param name="forms">what will be loaded</param>
    /// <param name="onCompiled">told how many are ready, one call at a time</param>
    /// <param name="stop">stops between two of them</param>
    public void Prepare(IReadOnlyCollection<KernelForm> forms, Action<int>? onCompiled, CancellationToken stop)
    {
        var told = new Lock();
        int ready = 0;
        var all = new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(forms, all, form =>
        {
            Prepare(form);
            lock (told) onCompiled?.Invoke(++ready);
        });
    }

    /// <summary>The text as the driver takes it.</summary>
    public static byte[] Bytes(PtxKernel kernel) => Encoding.UTF8.GetBytes(kernel.Text + '\0');

    private void Prepare(KernelForm form)
    {
        if (_ready.ContainsKey(form)) return;
        if (Find(form) is { } found)
        {
            _ready[form] = found;
            return;
        }

        try
        {
            context.Enter();
            if (Link(Text(form)) is not { } code) return;
            _ready[form] = (code, false);
            Keep(form, code);
        }
        catch (DeviceException)
        {
            // Whoever loads it will be told.
        }
    }

    private byte[] KeyOf(KernelForm form) => KernelCache.Key(form.Identity, compiler.Target, machine);
}
