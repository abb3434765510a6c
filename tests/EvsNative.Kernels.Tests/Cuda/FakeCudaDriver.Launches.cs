using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using EvsNative.Kernels.Cuda;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>A launch as the driver got it.</summary>
internal sealed record FakeLaunch(string Function, CudaLaunchShape Shape, byte[] Arguments, CudaLaunchAttribute[] Attributes)
{
    /// <summary>Everything about it, to compare it by.</summary>
    public override string ToString() =>
        $"{Function} {Shape} {Convert.ToHexString(Arguments)} {string.Join(' ', Attributes.Select(a => $"{a.Id}:{a.X},{a.Y},{a.Z}"))}";
}

/// <content>Modules, launches, graphs.</content>
internal unsafe partial class FakeCudaDriver
{
    /// <summary>What machine code begins with here; the text follows.</summary>
    public const string CodePrefix = "CODE\n";

    private readonly Dictionary<nint, (nint Module, string Text, string Name)> _functions = [];
    private readonly Dictionary<nint, string> _texts = [];
    private readonly ConcurrentDictionary<nint, byte[]> _linked = [];
    private readonly Dictionary<nint, List<Action>> _graphs = [];
    private readonly Dictionary<(nint, CudaFunctionAttribute), int> _asked = [];
    private List<Action>? _capture;
    private nint _capturing;

    /// <summary>All launches that ran, those of graphs too.</summary>
    public List<FakeLaunch> Launches { get; } = [];

    /// <summary>What the compiler says about the next text.</summary>
    public CudaJitLog Log { get; set; } = new("", "");

    /// <summary>Texts and machine code that were loaded.</summary>
    public List<string> Loaded { get; } = [];

    /// <summary>Values that functions were set to.</summary>
    public IReadOnlyList<(CudaFunctionAttribute Attribute, int Value)> Asked => [.. _asked.Select(pair => (pair.Key.Item2, pair.Value))];

    public virtual CudaResult ModuleLoad(ReadOnlySpan<byte> image, out nint module, out CudaJitLog log)
    {
        (module, log) = (0, Log);
        if (_capture is not null) return CudaResult.CaptureUnsupported;
        string text = Encoding.UTF8.GetString(image);
        bool isCode = text.StartsWith(CodePrefix, StringComparison.Ordinal);
        if (!isCode && !text.Contains(".version", StringComparison.Ordinal)) return CudaResult.InvalidImage;
        if (!isCode) Assert.EndsWith("\0", text, StringComparison.Ordinal);
        var result = Make("module", out module);
        if (result != CudaResult.Success) return result;
        Loaded.Add(text);
        _texts[module] = (isCode ? text[CodePrefix.Length..] : text).TrimEnd('\0');
        return result;
    }

    public CudaResult ModuleUnload(nint module)
    {
        IsIdle();
        return Destroy("module", module);
    }

    public CudaResult ModuleFunction(nint module, string name, out nint function)
    {
        function = 0;
        if (Here("module", module) is var result && result != CudaResult.Success) return result;
        if (!_texts[module].Contains($".entry {name}(", StringComparison.Ordinal)) return CudaResult.NotFound;
        function = _lastHandle += 0x10;
        _functions[function] = (module, _texts[module], name);
        return result;
    }

    public CudaResult FunctionGet(nint function, CudaFunctionAttribute attribute, out int value)
    {
        value = attribute switch
        {
            CudaFunctionAttribute.MaxThreads => 1024,
            CudaFunctionAttribute.Registers => 40,
            CudaFunctionAttribute.StaticSharedBytes => 512,
            _ => 0,
        };
        return Call();
    }

    public CudaResult FunctionSet(nint function, CudaFunctionAttribute attribute, int value)
    {
        _asked[(function, attribute)] = value;
        return Call();
    }

    public CudaResult LinkCreate(out nint link) => Make("link", out link);

    public CudaResult LinkAddPtx(nint link, ReadOnlySpan<byte> ptx, string name)
    {
        _linked[link] = [.. Encoding.UTF8.GetBytes(CodePrefix), .. ptx.TrimEnd((byte)0)];
        return Here("link", link);
    }

    public CudaResult LinkComplete(nint link, out nint image, out long bytes)
    {
        byte[] pinned = GC.AllocateUninitializedArray<byte>(_linked[link].Length, pinned: true);
        _linked[link].CopyTo(pinned, 0);
        _linked[link] = pinned;
        (image, bytes) = ((nint)Unsafe.AsPointer(ref pinned[0]), pinned.Length);
        return Here("link", link);
    }

    public CudaResult LinkDestroy(nint link)
    {
        _linked.TryRemove(link, out _);
        return Destroy("link", link);
    }

    public CudaResult Launch(nint function, CudaLaunchShape shape, nint stream, void* arguments, int bytes) =>
        Launch([], function, shape, stream, new ReadOnlySpan<byte>(arguments, bytes).ToArray());

    public CudaResult LaunchWith(
        ReadOnlySpan<CudaLaunchAttribute> attributes, nint function, CudaLaunchShape shape, nint stream, void* arguments, int bytes) =>
        Launch(attributes.ToArray(), function, shape, stream, new ReadOnlySpan<byte>(arguments, bytes).ToArray());

    public CudaResult CaptureBegin(nint stream)
    {
        var result = OnStream(stream, canBeCaptured: false);
        if (result == CudaResult.Success) (_capture, _capturing) = ([], stream);
        return result;
    }

    public CudaResult CaptureEnd(nint stream, out nint graph)
    {
        graph = 0;
        var work = _capture;
        _capture = null;
        if (work is null || stream != _capturing) return CudaResult.CaptureInvalidated;
        var result = Make("graph", out graph);
        if (result == CudaResult.Success) _graphs[graph] = work;
        return result;
    }

    public CudaResult GraphInstantiate(nint graph, out nint executable)
    {
        var result = Make("executable graph", out executable);
        if (result == CudaResult.Success) _graphs[executable] = _graphs[graph];
        return result;
    }

    public CudaResult GraphLaunch(nint executable, nint stream)
    {
        if (Here("executable graph", executable) is var result && result != CudaResult.Success) return result;
        _isBusy = true;
        foreach (var work in _graphs[executable]) work();
        return result;
    }

    public CudaResult GraphDestroy(nint graph) => Destroy("graph", graph);

    public CudaResult GraphExecutableDestroy(nint executable) => Destroy("executable graph", executable);

    /// <summary>Runs a kernel.</summary>
    /// <param name="text">its module</param>
    /// <param name="launch">the kernel and how to run it</param>
    protected virtual void Run(string text, FakeLaunch launch) { }

    private CudaResult Launch(CudaLaunchAttribute[] attributes, nint function, CudaLaunchShape shape, nint stream, byte[] arguments)
    {
        if (OnStream(stream) is var result && result != CudaResult.Success) return result;
        var (module, text, name) = _functions[function];
        Assert.True(_live.ContainsKey(module), $"{name} is started, its module is unloaded");
        var (x, y, z) = shape.Groups;
        if (x < 1 || y is < 1 or > 65535 || z is < 1 or > 65535 || shape.Threads is < 1 or > 1024) return CudaResult.InvalidValue;
        var launch = new FakeLaunch(name, shape, arguments, attributes);
        _isBusy |= _capture is null;
        Do(() =>
        {
            Launches.Add(launch);
            Run(text, launch);
        });
        return result;
    }

    private void Do(Action work)
    {
        if (_capture is not null) _capture.Add(work);
        else work();
    }

    private CudaResult InContext([CallerMemberName] string function = "")
    {
        if (Lost != CudaResult.Success) return Lost;
        return Current == 0 ? CudaResult.InvalidContext : Call(function);
    }

    private CudaResult OnStream(nint stream, bool canBeCaptured = true, [CallerMemberName] string function = "")
    {
        if (_capture is not null && !canBeCaptured) return CudaResult.CaptureUnsupported;
        return Here("stream", stream, function);
    }
}
