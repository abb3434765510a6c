using System.Numerics;
using System.Runtime.CompilerServices;
using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim.Machine;

/// <summary>
/// The accesses of a warp. Lanes that touch one place, or places one behind the other, are looked at together: the checks are those of
/// single lanes. Where anything is wrong, or counted, lane after lane is looked at instead, so that every finding is said in the same
/// words.
/// </summary>
internal sealed unsafe partial class MemoryUnit
{
    /// <summary>Where the bytes of the accesses of a warp's lanes lie. Sizes are 1, 2, 4, 8 and 16.</summary>
    /// <param name="space">where</param>
    /// <param name="addresses">32 of them</param>
    /// <param name="mask">the lanes that take part</param>
    /// <param name="bytes">of each lane</param>
    /// <param name="access">what is done</param>
    /// <param name="warp">the warp</param>
    /// <param name="instruction">the instruction</param>
    /// <param name="places">gets the place of each lane of the mask</param>
    public void At(
        Space space, ulong* addresses, uint mask, int bytes, Access access, Warp warp, PtxInstruction instruction, byte** places)
    {
        for (uint left = mask; left != 0;)
        {
            int lane = BitOperations.TrailingZeroCount(left), most = BitOperations.TrailingZeroCount(~(left >> lane));
            var (lanes, step) = Together(addresses + lane, Math.Min(most, 32 - lane), bytes);
            if (lanes == 1 || !TryRow(space, addresses[lane], bytes, step, lanes, access, warp, lane, instruction, places))
            {
                for (int i = lane; i < lane + lanes; i++) places[i] = At(space, addresses[i], bytes, access, warp, i, instruction);
            }

            left = lanes == 32 ? 0 : left & ~(((1u << lanes) - 1) << lane);
        }
    }

    /// <summary>How many lanes from the first one on touch one place or places one behind the other, and the step between them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (int Lanes, int Step) Together(ulong* addresses, int most, int bytes)
    {
        if (most == 1) return (1, 0);
        ulong step = addresses[1] - addresses[0];
        if (step != 0 && step != (ulong)bytes) return (1, 0);
        int lanes = 2;
        while (lanes < most && addresses[lanes] - addresses[lanes - 1] == step) lanes++;
        return (lanes, (int)step);
    }

    /// <summary>Looks at several lanes at once; false, and nothing noted, if they have to be looked at one by one.</summary>
    private bool TryRow(
        Space space, ulong address, int bytes, int step, int lanes, Access access, Warp warp, int lane, PtxInstruction instruction,
        byte** places)
    {
        // Several writes to one place are for the careful way.
        if (launch.Traffic is not null || access == Access.Atomic || (step == 0 && access == Access.Write)) return false;
        if (space == Space.Generic) (space, address) = Resolve(address);
        int size = step == 0 ? bytes : bytes * lanes;
        Region? region;
        long offset;
        if (space == Space.Global)
        {
            offset = _memory.Find(address, size, out region);
            if (offset < 0) return false;
        }
        else if (space == Space.Shared && IsInside(address, size, block.Shared.Bytes))
        {
            (region, offset) = (block.Shared, (long)address);
        }
        else
        {
            return false;
        }

        if ((address & (ulong)(bytes - 1)) != 0) return false;
        if (!(access == Access.Read ? region!.IsRowWritten(offset, size) : region!.TryMarkRowWritten(offset, size))) return false;
        if (launch.ChecksRaces && region.Races is { } races)
        {
            var since = space == Space.Shared ? block.SharedSince : block.GlobalSince;
            ulong stamp = warp.Stamp | RaceShadow.Stamp(warp.FirstThread + lane, instruction.Index);
            if (step == 0)
            {
                // After two threads of a warp a third changes nothing; if neither of them conflicts with the last writer, none does.
                ulong last = warp.Stamp | RaceShadow.Stamp(warp.FirstThread + lane + lanes - 1, instruction.Index);
                if ((races.Read(offset, bytes, stamp, since) | races.Read(offset, bytes, last, since)) != 0) return false;
            }
            else
            {
                NoteRow(races, offset, bytes, lanes, access, stamp, since, space, address, warp, lane, instruction);
            }
        }

        byte* place = region.Data + offset;
        for (int i = 0; i < lanes; i++, place += step) places[lane + i] = place;
        return true;
    }

    /// <summary>Notes accesses one behind the other; those that are in no order with others are noted and reported one by one.</summary>
    private void NoteRow(
        RaceShadow races, long offset, int bytes, int lanes, Access access, ulong stamp, Since since, Space space, ulong address, Warp warp,
        int lane, PtxInstruction instruction)
    {
        for (int done = 0; done < lanes; done++)
        {
            long at = offset + ((long)done * bytes);
            ulong own = stamp + RaceShadow.Stamp(done, 0);
            int noted = access == Access.Read
                ? races.ReadRow(at, bytes, lanes - done, own, since)
                : races.WriteRow(at, bytes, lanes - done, own, since);
            done += noted;
            if (done == lanes) return;
            at += (long)noted * bytes;
            own += RaceShadow.Stamp(noted, 0);
            ulong conflict = access == Access.Read ? races.Read(at, bytes, own, since) : races.Write(at, bytes, own, since);
            if (conflict != 0) Race(space, address + (ulong)(done * bytes), bytes, warp, lane + done, instruction, conflict);
        }
    }
}
