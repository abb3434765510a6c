using System.Reflection;
using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Kernels in C# to finished PTX, by ILGPU's compiler and our passes. It needs neither a GPU nor a driver. Safe to use from several
/// threads.
/// </summary>
/// <param name="target">what the text is for</param>
/// <param name="intrinsics">classes of instructions beyond the portable ones</param>
internal sealed class PtxCompiler(PtxTarget target, params Type[] intrinsics) : IDisposable
{
    private readonly Lock _lock = new();
    private Context? _context;
    private PTXBackend? _backend;

    public PtxTarget Target { get; } = target;

    /// <summary>Kernels compiled so far.</summary>
    public int Compilations { get; private set; }

    /// <summary>The entry of a kernel of this name.</summary>
    public static string EntryOf(string name)
    {
        var letters = name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        return string.Join('_', string.Concat(letters).Split('_', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Compiles a static method of one argument, a struct; explicitly grouped, in one dimension of threads.</summary>
    /// <param name="kernel">with all type parameters given</param>
    /// <param name="threads">threads of every group that it will run in</param>
    /// <param name="minGroups">
    /// groups that a multiprocessor is to hold at once, which bounds registers; 0 leaves that to the assembler
    /// </param>
    /// <exception cref="DeviceException">it uses what a GPU cannot do, or this one</exception>
    public PtxKernel Compile(MethodInfo kernel, int threads, int minGroups = 0)
    {
        string name = KernelNames.Of(kernel), entry = EntryOf(name);
        var (needs, text) = PtxNeeds.Take(CompileRaw(kernel, threads, minGroups));
        var target = Target.With(needs)
            ?? throw new DeviceException($"kernel {name} needs {needs}; device and driver have {Target}: choose another device");
        return new PtxKernel(name, entry, PtxPasses.Finish(text, target, entry), threads, target);
    }

    /// <summary>ILGPU's own text, before any pass.</summary>
    public string CompileRaw(MethodInfo kernel, int threads, int minGroups = 0)
    {
        lock (_lock)
        {
            Compilations++;
            try
            {
                var description = EntryPointDescription.FromExplicitlyGroupedKernel(kernel);
                var compiled = Backend().Compile(description, new KernelSpecialization(threads, minGroups > 0 ? minGroups : null));
                return ((PTXCompiledKernel)compiled).PTXAssembly;
            }
#pragma warning disable CA1031 // whatever the compiler throws, it says that this kernel cannot be compiled
            catch (Exception e)
#pragma warning restore CA1031
            {
                // After a failure the context is unusable: every later kernel would fail in it.
                Dispose();
                throw new DeviceException($"kernel {KernelNames.Of(kernel)} does not compile to PTX: {Reason(e)}", e);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _backend?.Dispose();
            _context?.Dispose();
            (_backend, _context) = (null, null);
        }
    }

    private static string Reason(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e.Message.ReplaceLineEndings(" ").Trim();
    }

    private PTXBackend Backend()
    {
        if (_backend is not null) return _backend;
        _context = KernelContext.Create(intrinsics);
        var (architecture, isa) =
            (new CudaArchitecture(Target.Sm / 10, Target.Sm % 10), new CudaInstructionSet(Target.IsaMajor, Target.IsaMinor));
        return _backend = new PTXBackend(_context, architecture, isa, null!);
    }
}
