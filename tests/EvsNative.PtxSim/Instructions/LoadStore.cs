using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Values of memory as lanes.</summary>
internal static unsafe class Bits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(byte* place, int bytes, bool isSigned) => bytes switch
    {
        1 => isSigned ? (ulong)*(sbyte*)place : *place,
        2 => isSigned ? (ulong)*(short*)place : *(ushort*)place,
        4 => isSigned ? (ulong)*(int*)place : *(uint*)place,
        _ => *(ulong*)place,
    };

    public static void Store(byte* place, int bytes, ulong value)
    {
        switch (bytes)
        {
            case 1:
                *place = (byte)value;
                break;
            case 2:
                *(ushort*)place = (ushort)value;
                break;
            case 4:
                *(uint*)place = (uint)value;
                break;
            default:
                *(ulong*)place = value;
                break;
        }
    }

    /// <summary>Addresses of an operand in all lanes.</summary>
    public static void Addresses(Warp warp, AddressOperand address, ulong* addresses)
    {
        ulong* from = warp.Values(address.Base);
        Vector256<ulong> cut = Vector256.Create(address.Mask), added = Vector256.Create((ulong)address.Offset);
        for (int lane = 0; lane < 32; lane += 4) ((Vector256.Load(from + lane) & cut) + added).Store(addresses + lane);
    }

    /// <summary>Address of an operand in a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Address(Warp warp, AddressOperand address, int lane) =>
        unchecked((warp.Values(address.Base)[lane] & address.Mask) + (ulong)address.Offset);
}

/// <summary>Loads one value or a vector.</summary>
internal sealed unsafe class LoadInstruction(Row[] destinations, Space space, AddressOperand address, PtxType type) : PtxInstruction
{
    private readonly int _bytes = type.Bytes();
    private readonly bool _isSigned = type.IsSigned();

    [SkipLocalsInit]
    internal override void Execute(Warp warp, uint mask)
    {
        int bytes = _bytes, count = destinations.Length, size = bytes * count;
        ulong* addresses = stackalloc ulong[32];
        byte** places = stackalloc byte*[32];
        Bits.Addresses(warp, address, addresses);
        warp.Memory.At(space, addresses, mask, size, Access.Read, warp, this, places);
        bool isWord = bytes == 4 && !_isSigned;
        for (int i = 0; i < count; i++)
        {
            ulong* row = warp.Values(destinations[i]);
            if (mask == Warp.Full && isWord)
            {
                for (int lane = 0; lane < 32; lane++) row[lane] = ((uint*)places[lane])[i];
                continue;
            }

            for (uint left = mask; left != 0; left &= left - 1)
            {
                int lane = BitOperations.TrailingZeroCount(left);
                row[lane] = Bits.Load(places[lane] + (i * bytes), bytes, _isSigned);
            }
        }
    }
}

/// <summary>Stores one value or a vector.</summary>
internal sealed unsafe class StoreInstruction(Space space, AddressOperand address, Row[] sources, PtxType type) : PtxInstruction
{
    private readonly int _bytes = type.Bytes();

    [SkipLocalsInit]
    internal override void Execute(Warp warp, uint mask)
    {
        int bytes = _bytes, count = sources.Length, size = bytes * count;
        ulong** rows = stackalloc ulong*[count];
        for (int i = 0; i < count; i++) rows[i] = warp.Values(sources[i]);
        ulong* addresses = stackalloc ulong[32];
        byte** places = stackalloc byte*[32];
        Bits.Addresses(warp, address, addresses);
        warp.Memory.At(space, addresses, mask, size, Access.Write, warp, this, places);
        for (; mask != 0; mask &= mask - 1)
        {
            // Where two lanes write to one place, which is a race, the higher one comes last.
            int lane = BitOperations.TrailingZeroCount(mask);
            if (bytes == 4) for (int i = 0; i < count; i++) ((uint*)places[lane])[i] = (uint)rows[i][lane];
            else for (int i = 0; i < count; i++) Bits.Store(places[lane] + (i * bytes), bytes, rows[i][lane]);
        }
    }
}

/// <summary>Loads from the argument buffer: the same for all threads.</summary>
internal sealed unsafe class LoadParameterInstruction(Row[] destinations, PtxParameter parameter, long offset, PtxType type)
    : PtxInstruction
{
    internal override void Execute(Warp warp, uint mask)
    {
        int bytes = type.Bytes(), lane = BitOperations.TrailingZeroCount(mask), size = bytes * destinations.Length;
        if (offset < 0 || offset + size > parameter.Bytes)
        {
            throw warp.End(PtxFault.OutOfBounds, lane, this,
                $"{size} bytes at offset {offset} of parameter {parameter.Name} of {parameter.Bytes} bytes");
        }

        if ((parameter.Offset + offset) % size != 0)
        {
            warp.Report(PtxFault.Misaligned, lane, this, $"parameter offset {parameter.Offset + offset} is not aligned to {size}");
        }

        for (int i = 0; i < destinations.Length; i++)
        {
            ulong value = Bits.Load(warp.Arguments + parameter.Offset + offset + (i * bytes), bytes, type.IsSigned());
            ulong* d = warp.Values(destinations[i]);
            for (uint left = mask; left != 0; left &= left - 1) d[BitOperations.TrailingZeroCount(left)] = value;
        }
    }
}
