using EvsNative.Kernels.Cuda;
using EvsNative.PtxSim;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>A driver whose GPU is the interpreter of PTX: kernels compute, slowly, and their bugs fail the test.</summary>
internal sealed class InterpretedCudaDriver : FakeCudaDriver, IDisposable
{
    private readonly PtxMemory _memory = new();
    private readonly Dictionary<string, PtxModule> _modules = [];
    private (string Text, PtxModule? Module) _rewritten = ("", null);

    /// <summary>The texts of kernels that ran, as they were loaded.</summary>
    public HashSet<string> Ran { get; } = [];

    /// <summary>What becomes of a kernel's text before it runs.</summary>
    public Func<string, string> Rewrite { get; set; } = text => text;

    /// <summary>A kernel that runs instead of one of a text, if it gives one.</summary>
    public Func<string, PtxEntry?> Replace { get; set; } = _ => null;

    /// <summary>What counts the memory traffic of a launch of a kernel, if anything does.</summary>
    public Func<PtxEntry, PtxTraffic?> Traffic { get; set; } = _ => null;

    /// <summary>Launches end with their first finding: it is only asked whether there is one.</summary>
    public bool StopsAtFirstFinding { get; set; }

    /// <summary>Instructions of all threads of the longest launch.</summary>
    public long MostExecuted { get; private set; }

    /// <summary>Launches and instructions of all threads, by kernel.</summary>
    public Dictionary<string, (int Launches, long Executed)> Executed { get; } = [];

    /// <summary>Instructions of all threads of all launches.</summary>
    public long ExecutedInAll { get; private set; }

    /// <summary>Instructions of all threads after which a launch counts as endless.</summary>
    public long Limit { get; set; } = 4_000_000_000;

    /// <summary>Launches that reach the limit are cut short instead: what they would have computed is missing.</summary>
    public bool CutsLongLaunches { get; init; }

    /// <summary>How many were.</summary>
    public int CutLaunches { get; private set; }

    public void Dispose() => _memory.Dispose();

    protected override nint AllocateMemory(long bytes) => (nint)_memory.Allocate(bytes);

    protected override void FreeMemory(nint address) => _memory.Free((ulong)address);

    protected override void WriteMemory(nint target, ReadOnlySpan<byte> bytes) => _memory.Write((ulong)target, bytes);

    protected override void ReadMemory(nint source, Span<byte> bytes) => _memory.Read((ulong)source, bytes);

    protected override void FillMemory(nint target, byte value, long bytes) => _memory.Fill((ulong)target, value, bytes);

    protected override void Run(string text, FakeLaunch launch)
    {
        Ran.Add(text);
        var (x, y, z) = launch.Shape.Groups;
        var entry = Replace(text) ?? Parsed(text, Rewrite(text)).Entry(launch.Function);
        var machine = new PtxMachine(_memory) { Limit = Limit, Traffic = Traffic(entry), StopsAtFirstFinding = StopsAtFirstFinding };
        var report = machine.Launch(entry, (x, y, z), (launch.Shape.Threads, 1, 1), launch.Shape.SharedBytes, launch.Arguments);
        ExecutedInAll += report.Executed;
        MostExecuted = Math.Max(MostExecuted, report.Executed);
        var before = Executed.GetValueOrDefault(launch.Function);
        Executed[launch.Function] = (before.Launches + 1, before.Executed + report.Executed);
        if (CutsLongLaunches && report.Executed > Limit)
        {
            CutLaunches++;
            return;
        }

        Assert.True(report.Count == 0, $"{launch.Function}: {report}");
    }

    /// <summary>Of what becomes of texts only the last is kept: there may be many.</summary>
    private PtxModule Parsed(string original, string text)
    {
        if (_modules.TryGetValue(text, out var module)) return module;
        if (_rewritten.Text == text) return _rewritten.Module!;
        module = PtxModule.Parse(text);
        if (text == original) _modules[text] = module;
        else _rewritten = (text, module);
        return module;
    }
}
