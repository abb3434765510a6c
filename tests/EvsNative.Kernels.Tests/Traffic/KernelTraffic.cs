using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.PtxSim;

namespace EvsNative.Kernels.Tests.Traffic;

/// <summary>What a kernel's launches asked of memory, as the interpreter counts it.</summary>
internal sealed record KernelTraffic(PtxEntry Entry, PtxTraffic Counts)
{
    /// <summary>Name of the kernel in its text.</summary>
    public string Name => Entry.Name;

    /// <summary>Everything.</summary>
    public PtxAccesses Total => Counts.Total;

    /// <summary>The instructions that stand in loops.</summary>
    public PtxAccesses InLoops => Counts.Of(Entry.Loops.SelectMany(loop => loop.Instructions));

    /// <summary>The innermost loop that multiplies most matrices, of those that multiply none the one that asks for most.</summary>
    public PtxLoop? Main =>
        Entry.Loops.Where(loop => loop.IsInnermost).MaxBy(loop => (Products(loop), Counts.Of(loop.Instructions).Requests));

    /// <summary>What that loop asks for.</summary>
    public PtxAccesses MainLoop => Counts.Of(Main?.Instructions ?? []);

    /// <summary>The instructions whose opcodes begin so.</summary>
    public PtxAccesses Of(string opcode) =>
        Counts.Of(Entry.Instructions.Where(instruction => instruction.Opcode.StartsWith(opcode, StringComparison.Ordinal)));

    /// <summary>Runs calls on an idle device of the driver and counts them, by kernel in the order of their first launches.</summary>
    public static IReadOnlyList<KernelTraffic> Of(InterpretedCudaDriver driver, Action run)
    {
        var kernels = new Dictionary<PtxEntry, KernelTraffic>();
        driver.Traffic = entry =>
        {
            if (!kernels.TryGetValue(entry, out var kernel)) kernels[entry] = kernel = new KernelTraffic(entry, new PtxTraffic());
            return kernel.Counts;
        };
        run();
        driver.Traffic = _ => null;
        return [.. kernels.Values];
    }

    /// <summary>The same for a row of the self-test, prepared on this shape; what prepares it is not counted.</summary>
    public static IReadOnlyList<KernelTraffic> Of(InterpretedCudaDriver driver, Device d, SelfTestRow row, Shape shape)
    {
        using var scope = d.Enter($"traffic of {row.Name}");
        var trial = row.Prepare(d, shape, new SelfTestInputs());
        d.Synchronize();
        return Of(driver, () =>
        {
            trial.Run();
            d.Synchronize();
        });
    }

    private static int Products(PtxLoop loop) =>
        loop.Instructions.Count(instruction => instruction.Opcode.StartsWith("mma.", StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}: conflicts {Total.Conflicts:f2} (loops {InLoops.Conflicts:f2}, main {MainLoop.Conflicts:f2}), sectors {Total.Scatter:f2}, "
        + $"read {Total.BytesRead} ({Counts.DistinctBytesRead}), written {Total.BytesWritten} ({Counts.DistinctBytesWritten}) bytes";
}
