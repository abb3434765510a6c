using System.Numerics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Storage;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>
/// The asynchronous copies of a warp that are on their way. They come as late as they may: when the thread waits for their group. Until
/// then their destination is marked, and who touches it has a race.
/// </summary>
internal sealed unsafe class AsyncCopies
{
    private readonly List<Copy> _copies = [];
    private readonly int[] _groups = new int[32];

    public void Clear()
    {
        _copies.Clear();
        Array.Clear(_groups);
    }

    public void Add(Copy copy) => _copies.Add(copy with { Group = _groups[copy.Lane] });

    /// <summary>Makes a group of the copies since the last one.</summary>
    public void Commit(uint mask)
    {
        for (; mask != 0; mask &= mask - 1) _groups[BitOperations.TrailingZeroCount(mask)]++;
    }

    /// <summary>Lets all groups but so many arrive; with -1 also the copies of no group.</summary>
    public void Wait(Warp warp, uint mask, int pending)
    {
        int kept = 0;
        for (int i = 0; i < _copies.Count; i++)
        {
            var copy = _copies[i];
            if ((mask >> copy.Lane & 1) != 0 && copy.Group < _groups[copy.Lane] - pending) Arrive(warp, copy);
            else _copies[kept++] = copy;
        }

        _copies.RemoveRange(kept, _copies.Count - kept);
    }

    private static void Arrive(Warp warp, Copy copy)
    {
        var shared = warp.Block.Shared;
        shared.Mark(copy.Offset, copy.Bytes, ByteState.Uninitialised);
        byte* place = warp.Memory.At(Space.Shared, (ulong)copy.Offset, copy.Bytes, Access.Write, warp, copy.Lane, copy.Instruction);
        new Span<byte>(place, copy.Bytes).Clear();
        Buffer.MemoryCopy(copy.Source, place, copy.Bytes, copy.SourceBytes);
    }

    /// <summary>A copy on its way.</summary>
    public readonly record struct Copy(int Lane, long Offset, int Bytes, nint From, int SourceBytes, PtxInstruction Instruction)
    {
        public int Group { get; init; }

        public byte* Source => (byte*)From;
    }
}

/// <summary>Copies 4, 8 or 16 bytes from global to shared memory; what the source is shorter becomes zeros.</summary>
internal sealed unsafe class AsyncCopyInstruction(AddressOperand to, AddressOperand from, int bytes, Row? sourceBytes) : PtxInstruction
{
    internal override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            int length = sourceBytes is { } row ? (int)Math.Min((uint)warp.Values(row)[lane], (uint)bytes) : bytes;
            ulong source = Bits.Address(warp, from, lane), destination = Bits.Address(warp, to, lane);
            byte* read = null;
            for (int part = 0, size = bytes; part < length; part += size)
            {
                while (part + size > length) size >>= 1;
                byte* place = warp.Memory.At(Space.Global, source + (ulong)part, size, Access.Read, warp, lane, this);
                if (part == 0) read = place;
            }

            if (source % (ulong)bytes != 0 && length < bytes)
            {
                warp.Report(PtxFault.Misaligned, lane, this, $"global memory 0x{source:x} is not aligned to {bytes}");
            }

            warp.Memory.At(Space.Shared, destination, bytes, Access.Write, warp, lane, this);
            warp.Block.Shared.Mark((long)destination, bytes, ByteState.Pending);
            warp.Copies.Add(new AsyncCopies.Copy(lane, (long)destination, bytes, (nint)read, length, this));
        }
    }
}

/// <summary>Makes a group of the copies since the last one.</summary>
internal sealed class CommitCopiesInstruction : PtxInstruction
{
    internal override void Execute(Warp warp, uint mask) => warp.Copies.Commit(mask);
}

/// <summary>Waits until only so many groups are on their way; -1 waits for everything.</summary>
internal sealed class WaitForCopiesInstruction(int pending) : PtxInstruction
{
    internal override void Execute(Warp warp, uint mask) => warp.Copies.Wait(warp, mask, pending);
}
