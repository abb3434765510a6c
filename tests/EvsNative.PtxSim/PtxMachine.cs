using System.Numerics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim;

/// <summary>
/// Runs kernels as a GPU would, slowly, and looks for what a GPU would not tell. Blocks run one after the other; the seed gives the order
/// of blocks and the turns of the warps, so that the result of a race is another with another seed.
/// </summary>
public sealed unsafe class PtxMachine(PtxMemory memory, PtxChecks checks = PtxChecks.All, int seed = 0)
{
    private const int MostThreads = 1024, MostThreadsZ = 64, MostBlocksYZ = 65535, MostShared = 227 * 1024, MostStaticShared = 48 * 1024;

    /// <summary>Lane instructions after which a launch counts as endless.</summary>
    public long Limit { get; init; } = 4_000_000_000;

    /// <summary>Counts what the launches ask of memory; absent, nothing is counted.</summary>
    public PtxTraffic? Traffic { get; init; }

    /// <summary>A launch ends with its first finding: for who asks only whether there is one.</summary>
    public bool StopsAtFirstFinding { get; init; }

    /// <summary>Runs a kernel to its end.</summary>
    /// <param name="entry">the kernel</param>
    /// <param name="grid">blocks</param>
    /// <param name="block">threads of a block</param>
    /// <param name="dynamicSharedBytes">shared memory beyond what the kernel declares</param>
    /// <param name="arguments">its parameters as they lie in memory, in order, each at its alignment</param>
    public PtxReport Launch(PtxEntry entry, (int X, int Y, int Z) grid, (int X, int Y, int Z) block, int dynamicSharedBytes,
        ReadOnlySpan<byte> arguments)
    {
        fixed (byte* pinned = arguments)
        {
            var launch = new Launch(entry, memory, checks, grid, block)
            {
                DynamicSharedBytes = dynamicSharedBytes,
                Arguments = pinned,
                Traffic = Traffic,
                StopsAtFirstFinding = StopsAtFirstFinding,
            };
            Check(launch, arguments.Length);
            if (launch.Findings.Count == 0) Run(launch);
            return new PtxReport(launch.Findings.List, launch.Findings.Count, launch.Executed);
        }
    }

    private static void Check(Launch launch, int argumentBytes)
    {
        var (entry, findings, grid, block) = (launch.Entry, launch.Findings, launch.GridSize, launch.BlockSize);
        Demand(
            argumentBytes == entry.ParameterBytes,
            PtxFault.ArgumentMismatch,
            $"{entry.Name} takes {entry.ParameterBytes} bytes of arguments, not {argumentBytes}");
        Demand(
            block.X > 0 && block.Y > 0 && block.Z is > 0 and <= MostThreadsZ && (long)block.X * block.Y * block.Z <= MostThreads,
            PtxFault.LaunchLimit,
            $"a block of {block} threads");
        Demand(
            entry.MaxThreads == 0 || launch.Threads <= entry.MaxThreads,
            PtxFault.LaunchLimit,
            $"{launch.Threads} threads for {entry.Name}, made for {entry.MaxThreads}");
        Demand(grid.X > 0 && grid.Y is > 0 and <= MostBlocksYZ && grid.Z is > 0 and <= MostBlocksYZ, PtxFault.LaunchLimit,
            $"a grid of {grid} blocks");
        Demand(entry.StaticSharedBytes <= MostStaticShared, PtxFault.LaunchLimit,
            $"{entry.Name} declares {entry.StaticSharedBytes} bytes of shared memory");
        int shared = entry.StaticSharedBytes + launch.DynamicSharedBytes;
        Demand(launch.DynamicSharedBytes >= 0 && shared <= MostShared, PtxFault.LaunchLimit, $"{shared} bytes of shared memory");

        void Demand(bool isMet, PtxFault kind, string message)
        {
            if (isMet) return;
            findings.IsNew(kind, findings.List.Count);
            findings.Describe(kind, message);
        }
    }

    private void Run(Launch launch)
    {
        using var block = new Block(launch, seed, Limit);
        int blocks = checked(launch.GridSize.X * launch.GridSize.Y * launch.GridSize.Z);
        long stride = Stride(blocks);
        try
        {
            for (int i = 0; i < blocks; i++) block.Run((int)(((i * stride) + (uint)seed) % blocks));
        }
        catch (LaunchEndedException)
        {
            // What ended the launch is among the findings.
        }

        Traffic?.EndLaunch();
        memory.NextInterval = Math.Max(memory.NextInterval, block.Interval + 1);
        if (memory.NextInterval > RaceShadow.MostIntervals / 2) memory.ForgetAccesses();
    }

    /// <summary>Step from block to block: 1 for seed 0, else one that comes to all of them.</summary>
    private long Stride(int blocks)
    {
        long stride = seed == 0 ? 1 : (blocks / 2) + 1;
        while (BigInteger.GreatestCommonDivisor(stride, blocks) != 1) stride++;
        return stride;
    }
}
