using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EvsNative.PtxSim.Storage;

/// <summary>What is known about a byte.</summary>
internal static class ByteState
{
    public const byte Uninitialised = 0, Written = 1, Gap = 2, Pending = 4;

    /// <summary>A state in each byte of a word.</summary>
    public const ulong Each = 0x0101010101010101;
}

/// <summary>A piece of memory: the bytes, a state for each of them, and who touched them.</summary>
internal sealed unsafe class Region : IDisposable
{
    public Region(long bytes, bool hasRaces)
    {
        Bytes = bytes;
        Data = (byte*)NativeMemory.AlignedAlloc((nuint)bytes + 64, 64);
        State = (byte*)NativeMemory.AlignedAlloc((nuint)bytes + 64, 64);
        Races = hasRaces ? new RaceShadow(bytes) : null;
        Forget(ByteState.Uninitialised);
    }

    public long Bytes { get; }

    public byte* Data { get; }

    /// <summary>A <see cref="ByteState"/> for each byte.</summary>
    public byte* State { get; }

    public RaceShadow? Races { get; }

    /// <summary>Fills all bytes with ones, in which all floats are NaN, and sets their state.</summary>
    public void Forget(byte state)
    {
        NativeMemory.Fill(Data, (nuint)Bytes, 0xff);
        NativeMemory.Fill(State, (nuint)Bytes, state);
    }

    public void Mark(long start, long bytes, byte state) => NativeMemory.Fill(State + start, (nuint)bytes, state);

    /// <summary>True if all the bytes have been written and none of them waits for a copy. Sizes are 1, 2, 4, 8 and 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsWritten(long offset, int size) => size switch
    {
        1 => State[offset] == ByteState.Written,
        2 => *(ushort*)(State + offset) == unchecked((ushort)ByteState.Each),
        4 => *(uint*)(State + offset) == unchecked((uint)ByteState.Each),
        8 => *(ulong*)(State + offset) == ByteState.Each,
        _ => *(ulong*)(State + offset) == ByteState.Each && *(ulong*)(State + offset + 8) == ByteState.Each,
    };

    /// <summary>As <see cref="IsWritten"/> for any number of bytes.</summary>
    public bool IsRowWritten(long offset, int bytes) =>
        !new ReadOnlySpan<byte>(State + offset, bytes).ContainsAnyExcept(ByteState.Written);

    /// <summary>As <see cref="TryMarkWritten"/> for any number of bytes.</summary>
    public bool TryMarkRowWritten(long offset, int bytes)
    {
        var states = new Span<byte>(State + offset, bytes);
        if (states.ContainsAnyExcept(ByteState.Written, ByteState.Uninitialised)) return false;
        states.Fill(ByteState.Written);
        return true;
    }

    /// <summary>True if one of the bytes has one of these states.</summary>
    public bool HasAny(long offset, int size, byte states)
    {
        for (long at = offset; at < offset + size; at++)
        {
            if ((State[at] & states) != 0) return true;
        }

        return false;
    }

    /// <summary>Marks bytes as written; false, and nothing done, if one of them is in a gap or waits for a copy.</summary>
    public bool TryMarkWritten(long offset, int size)
    {
        const ulong Blocked = (ByteState.Gap | ByteState.Pending) * ByteState.Each;
        byte* state = State + offset;
        switch (size)
        {
            case 1:
                if ((*state & unchecked((byte)Blocked)) != 0) return false;
                *state = ByteState.Written;
                return true;
            case 2:
                if ((*(ushort*)state & unchecked((ushort)Blocked)) != 0) return false;
                *(ushort*)state = unchecked((ushort)ByteState.Each);
                return true;
            case 4:
                if ((*(uint*)state & unchecked((uint)Blocked)) != 0) return false;
                *(uint*)state = unchecked((uint)ByteState.Each);
                return true;
            case 8:
                if ((*(ulong*)state & Blocked) != 0) return false;
                *(ulong*)state = ByteState.Each;
                return true;
            default:
                if (((*(ulong*)state | *(ulong*)(state + 8)) & Blocked) != 0) return false;
                *(ulong*)state = *(ulong*)(state + 8) = ByteState.Each;
                return true;
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Data);
        NativeMemory.AlignedFree(State);
        Races?.Dispose();
    }
}
