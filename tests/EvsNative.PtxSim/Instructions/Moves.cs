using System.Numerics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Bits as they are.</summary>
internal sealed unsafe class MoveInstruction(Row destination, Row source) : PtxInstruction
{
    internal override void Execute(Warp warp, uint mask)
    {
        ulong* d = warp.Values(destination), a = warp.Values(source);
        if (mask == Warp.Full)
        {
            new ReadOnlySpan<ulong>(a, 32).CopyTo(new Span<ulong>(d, 32));
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            d[lane] = a[lane];
        }
    }
}

/// <summary>Small registers side by side in a large one, the first at the bottom.</summary>
internal sealed unsafe class PackInstruction(Row destination, Row[] parts, int partBits) : PtxInstruction
{
    internal override void Execute(Warp warp, uint mask)
    {
        ulong* d = warp.Values(destination);
        ulong cut = (1ul << partBits) - 1;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            ulong packed = 0;
            for (int part = 0; part < parts.Length; part++) packed |= (warp.Values(parts[part])[lane] & cut) << (part * partBits);
            d[lane] = packed;
        }
    }
}

/// <summary>The parts of a large register.</summary>
internal sealed unsafe class UnpackInstruction(Row[] parts, Row source, int partBits) : PtxInstruction
{
    internal override void Execute(Warp warp, uint mask)
    {
        ulong* a = warp.Values(source);
        ulong cut = (1ul << partBits) - 1;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            ulong packed = a[lane];
            for (int part = 0; part < parts.Length; part++) warp.Values(parts[part])[lane] = (packed >> (part * partBits)) & cut;
        }
    }
}

/// <summary>An address of one space as one of another: a window of the generic addresses is added or taken off.</summary>
internal sealed unsafe class ConvertAddressInstruction(Row destination, Row source, ulong added) : PtxInstruction
{
    internal override void Execute(Warp warp, uint mask)
    {
        ulong* d = warp.Values(destination), a = warp.Values(source);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            d[lane] = unchecked(a[lane] + added);
        }
    }
}

/// <summary>Does nothing here: fences, hints.</summary>
internal sealed class NoInstruction : PtxInstruction
{
    internal override void Execute(Warp warp, uint mask)
    {
    }
}
