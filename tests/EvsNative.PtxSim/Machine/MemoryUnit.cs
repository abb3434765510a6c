using System.Runtime.CompilerServices;
using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim.Machine;

/// <summary>State spaces.</summary>
internal enum Space
{
    /// <summary>Device memory.</summary>
    Global,

    /// <summary>Memory of a block.</summary>
    Shared,

    /// <summary>Memory of a thread.</summary>
    Local,

    /// <summary>One of the above, by the address.</summary>
    Generic,
}

/// <summary>What an access does.</summary>
internal enum Access
{
    /// <summary>A load.</summary>
    Read,

    /// <summary>A store.</summary>
    Write,

    /// <summary>Both at once.</summary>
    Atomic,
}

/// <summary>Every access of a kernel to memory goes through here: bounds, alignment, initialisation, races.</summary>
internal sealed unsafe partial class MemoryUnit(Launch launch, Block block)
{
    /// <summary>Generic addresses of shared and local memory.</summary>
    public const ulong SharedWindow = 1ul << 61, LocalWindow = 1ul << 62;

    private readonly PtxMemory _memory = launch.Memory;

    /// <summary>Where the bytes of an access lie. Sizes are 1, 2, 4, 8 and 16.</summary>
    public byte* At(Space space, ulong address, int bytes, Access access, Warp warp, int lane, PtxInstruction instruction)
    {
        if (space == Space.Generic) (space, address) = Resolve(address);
        Region? region;
        long offset;
        switch (space)
        {
            case Space.Global:
                offset = _memory.Find(address, bytes, out region);
                if (offset < 0) throw OutOfBounds(space, address, bytes, warp, lane, instruction);
                break;
            case Space.Shared:
                region = block.Shared;
                offset = (long)address;
                if (!IsInside(address, bytes, region.Bytes)) throw OutOfBounds(space, address, bytes, warp, lane, instruction);
                break;
            default:
                region = warp.Local;
                long stride = launch.Entry.Local.Bytes;
                offset = (lane * stride) + (long)address;
                if (!IsInside(address, bytes, stride)) throw OutOfBounds(space, address, bytes, warp, lane, instruction);
                break;
        }

        if ((address & (ulong)(bytes - 1)) != 0) Misaligned(space, address, bytes, warp, lane, instruction);
        if (launch.Traffic is { } traffic && space != Space.Local) traffic.Add(space, access, instruction, lane, address, bytes);
        if (access != Access.Write && !region!.IsWritten(offset, bytes))
            Unready(region, offset, bytes, space, address, warp, lane, instruction);
        if (access != Access.Read && !region!.TryMarkWritten(offset, bytes))
            Unready(region, offset, bytes, space, address, warp, lane, instruction);
        if (launch.ChecksRaces && region!.Races is { } races)
        {
            ulong stamp = warp.Stamp | RaceShadow.Stamp(warp.FirstThread + lane, instruction.Index);
            var since = space == Space.Shared ? block.SharedSince : block.GlobalSince;
            ulong conflict = access switch
            {
                Access.Read => races.Read(offset, bytes, stamp, since),
                Access.Write => races.Write(offset, bytes, stamp, since),
                _ => races.Update(offset, bytes, stamp, since),
            };
            if (conflict != 0) Race(space, address, bytes, warp, lane, instruction, conflict);
        }

        return region!.Data + offset;
    }

    private static (Space Space, ulong Address) Resolve(ulong address)
    {
        if ((address & LocalWindow) != 0) return (Space.Local, address - LocalWindow);
        return (address & SharedWindow) != 0 ? (Space.Shared, address - SharedWindow) : (Space.Global, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsInside(ulong address, int bytes, long size) => address <= (ulong)size && size - (long)address >= bytes;

    private static string Place(Space space, ulong address, int bytes) =>
        $"{space.ToString().ToLowerInvariant()} memory 0x{address:x}, {bytes} bytes,";

    // Texts are made outside of what runs for every lane: their buffers would be cleared each time.
    private void Misaligned(Space space, ulong address, int bytes, Warp warp, int lane, PtxInstruction instruction) =>
        launch.Report(PtxFault.Misaligned, warp, lane, instruction, $"{Place(space, address, bytes)} is not aligned to {bytes}");

    private LaunchEndedException OutOfBounds(Space space, ulong address, int bytes, Warp warp, int lane, PtxInstruction instruction)
    {
        string where = space switch
        {
            Space.Global => _memory.Describe(address),
            Space.Shared => $"outside of the {launch.Entry.StaticSharedBytes} + {launch.DynamicSharedBytes} bytes of the block",
            _ => $"outside of the {launch.Entry.LocalBytes} bytes of the thread",
        };
        return launch.End(PtxFault.OutOfBounds, warp, lane, instruction, $"{Place(space, address, bytes)} is {where}");
    }

    private void Unready(Region region, long offset, int bytes, Space space, ulong address, Warp warp, int lane, PtxInstruction instruction)
    {
        if (region.HasAny(offset, bytes, ByteState.Gap)) throw OutOfBounds(space, address, bytes, warp, lane, instruction);
        if (region.HasAny(offset, bytes, ByteState.Pending))
        {
            var kind = space == Space.Shared ? PtxFault.SharedRace : PtxFault.GlobalRace;
            launch.Report(kind, warp, lane, instruction, $"{Place(space, address, bytes)} waits for an asynchronous copy");
        }
        else if (launch.ChecksUninitialised)
        {
            launch.Report(PtxFault.UninitialisedRead, warp, lane, instruction, $"{Place(space, address, bytes)} was never written in full");
        }
    }

    private void Race(Space space, ulong address, int bytes, Warp warp, int lane, PtxInstruction instruction, ulong conflict)
    {
        var kind = space == Space.Shared ? PtxFault.SharedRace : PtxFault.GlobalRace;
        launch.ReportRace(kind, warp, lane, instruction, conflict, Place(space, address, bytes));
    }
}
