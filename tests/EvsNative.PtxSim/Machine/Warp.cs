using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EvsNative.PtxSim.Instructions;
using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim.Machine;

/// <summary>
/// 32 threads. Of those that stand at different instructions the ones furthest behind run, until they reach the others; warp instructions
/// and barriers wait for the rest. Registers lie as rows of 32 lanes.
/// </summary>
internal sealed unsafe partial class Warp : IDisposable
{
    public const uint Full = uint.MaxValue;

    private readonly Launch _launch;
    private readonly PtxInstruction[] _code;
    private readonly int[] _at = new int[32];
    private readonly uint _started;
    private readonly ulong* _rows, _constants;
    private readonly uint* _defined;
    private uint _atBarrier, _atTogether;
    private int _warpInterval;

    public Warp(Launch launch, Block block, int firstThread)
    {
        (_launch, _code, Block, FirstThread) = (launch, launch.Code, block, firstThread);
        int lanes = Math.Min(32, launch.Threads - firstThread);
        _started = lanes == 32 ? Full : (1u << lanes) - 1;
        int rows = Math.Max(1, launch.Entry.Rows);
        _rows = (ulong*)NativeMemory.AlignedAlloc((nuint)rows * 32 * sizeof(ulong), 64);
        _defined = (uint*)NativeMemory.AlignedAlloc((nuint)rows * sizeof(uint), 64);
        _constants = launch.Entry.Constants;
        Local = new Region(32L * launch.Entry.Local.Bytes, hasRaces: false);
    }

    public Block Block { get; }

    /// <summary>Index in the block of the thread in lane 0.</summary>
    public int FirstThread { get; }

    /// <summary>Lanes whose threads have not ended.</summary>
    public uint Live { get; private set; }

    public Region Local { get; }

    /// <summary>The interval now, for <see cref="RaceShadow"/>.</summary>
    public ulong Stamp { get; private set; }

    public AsyncCopies Copies { get; } = new();

    /// <summary>False if all threads have ended or wait at a barrier.</summary>
    public bool CanRun => (Live & ~_atBarrier) != 0;

    /// <summary>The instruction at which the first waiting thread waits.</summary>
    public int BarrierAt => _at[BitOperations.TrailingZeroCount(_atBarrier)];

    public MemoryUnit Memory => Block.Memory;

    public byte* Arguments => _launch.Arguments;

    /// <summary>The 32 values of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong* Values(Text.Row row) => row.Index >= 0 ? _rows + (row.Index * 32) : _constants + (~row.Index * 32);

    /// <summary>Begins with the first instruction.</summary>
    public void Start()
    {
        (Live, _atBarrier, _atTogether) = (_started, 0, 0);
        Array.Clear(_at);
        NativeMemory.Fill(_rows, (nuint)_launch.Entry.Rows * 32 * sizeof(ulong), 0xff);
        NativeMemory.Clear(_defined, (nuint)_launch.Entry.Rows * sizeof(uint));
        SetSpecials();
        Copies.Clear();
        Local.Forget(ByteState.Gap);
        for (int lane = 0; lane < 32; lane++)
        {
            foreach (var (start, bytes) in _launch.Entry.Local.Variables)
            {
                Local.Mark((lane * (long)_launch.Entry.Local.Bytes) + start, bytes, ByteState.Uninitialised);
            }
        }

        Restamp();
    }

    /// <summary>Executes so many instructions, fewer if all threads have to wait.</summary>
    public void Run(int slice)
    {
        while (slice > 0)
        {
            uint ready = Live & ~(_atBarrier | _atTogether);
            if (ready != 0)
            {
                slice = RunGroup(ready, slice);
            }
            else if (_atTogether != 0)
            {
                RunStuck();
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>A barrier of the warp: what came before is in order with what comes.</summary>
    public void Order()
    {
        _warpInterval++;
        Restamp();
    }

    /// <summary>Reports if the threads of this warp do not all wait at this barrier.</summary>
    public void CheckBarrier(int at)
    {
        for (uint left = _atBarrier; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            if (_at[lane] == at) continue;
            PtxInstruction here = _code[_at[lane]], there = _code[at];
            if (((BarrierInstruction)here).Id != ((BarrierInstruction)there).Id)
            {
                throw _launch.End(PtxFault.Deadlock, this, lane, here, $"waits here while others wait at {there}");
            }

            _launch.Report(PtxFault.BarrierDivergence, this, lane, here, $"waits here while others wait at {there}");
        }

        if ((_started & ~Live) == 0) return;
        int ended = BitOperations.TrailingZeroCount(_started & ~Live);
        _launch.Report(PtxFault.BarrierDivergence, this, ended, _code[at], "the thread has ended while others wait");
    }

    /// <summary>Lets the threads go that wait at the barrier.</summary>
    public void Release()
    {
        for (uint left = _atBarrier; left != 0; left &= left - 1) _at[BitOperations.TrailingZeroCount(left)]++;
        _atBarrier = 0;
        Restamp();
    }

    public void Report(PtxFault kind, int lane, PtxInstruction instruction, string what) =>
        _launch.Report(kind, this, lane, instruction, what);

    /// <summary>Ends the launch, blaming the first thread that lives.</summary>
    public LaunchEndedException End(PtxFault kind, string what)
    {
        int lane = BitOperations.TrailingZeroCount(Live);
        return _launch.End(kind, this, lane, _code[_at[lane]], what);
    }

    public LaunchEndedException End(PtxFault kind, int lane, PtxInstruction instruction, string what) =>
        _launch.End(kind, this, lane, instruction, what);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_rows);
        NativeMemory.AlignedFree(_defined);
        Local.Dispose();
    }

    private void Restamp() => Stamp = RaceShadow.Stamp(Block.Interval, _warpInterval);

    private void SetSpecials()
    {
        var (grid, size, block) = (_launch.GridSize, _launch.BlockSize, _launch.BlockAt(Block.Index));
        foreach (var (name, row) in _launch.Entry.Specials)
        {
            for (int lane = 0; lane < 32; lane++)
            {
                var thread = _launch.ThreadAt(FirstThread + lane);
                _rows[(row * 32) + lane] = name switch
                {
                    "%tid.x" => (uint)thread.X,
                    "%tid.y" => (uint)thread.Y,
                    "%tid.z" => (uint)thread.Z,
                    "%ntid.x" => (uint)size.X,
                    "%ntid.y" => (uint)size.Y,
                    "%ntid.z" => (uint)size.Z,
                    "%ctaid.x" => (uint)block.X,
                    "%ctaid.y" => (uint)block.Y,
                    "%ctaid.z" => (uint)block.Z,
                    "%nctaid.x" => (uint)grid.X,
                    "%nctaid.y" => (uint)grid.Y,
                    "%nctaid.z" => (uint)grid.Z,
                    "%laneid" => (uint)lane,
                    "%warpid" => (uint)FirstThread / 32,
                    "%nwarpid" => (uint)(_launch.Threads + 31) / 32,
                    "%dynamic_smem_size" => (uint)_launch.DynamicSharedBytes,
                    "%lanemask_eq" => 1u << lane,
                    "%lanemask_lt" => (1u << lane) - 1,
                    "%lanemask_le" => (2u << lane) - 1,
                    "%lanemask_gt" => ~((2u << lane) - 1),
                    "%lanemask_ge" => ~((1u << lane) - 1),
                    _ => 0,
                };
            }
        }
    }

    /// <summary>Lanes whose predicate is true.</summary>
    private uint True(int row)
    {
        uint mask = 0;
        for (int part = 0; part < 4; part++)
        {
            var zero = Vector512.Equals(Vector512.Load(_rows + (row * 32) + (part * 8)), Vector512<ulong>.Zero);
            mask |= (uint)(~zero.ExtractMostSignificantBits() & 255) << (part * 8);
        }

        return mask;
    }
}
