using System.Numerics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>
/// Reads, computes and writes in one step, lane after lane. With a destination (<c>atom</c>) it gets the value before. Of <c>cas</c> the
/// first source is what is compared, the second what is written.
/// </summary>
internal sealed unsafe class AtomicInstruction<T, TOperation>(Row? destination, Space space, AddressOperand address, Row first, Row second)
    : PtxInstruction
    where T : unmanaged
    where TOperation : struct, ITernary<T, T>
{
    internal override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            byte* place = warp.Memory.At(space, Bits.Address(warp, address, lane), sizeof(T), Access.Atomic, warp, lane, this);
            var before = *(T*)place;
            *(T*)place = TOperation.Of(before, Lane.To<T>(warp.Values(first)[lane]), Lane.To<T>(warp.Values(second)[lane]));
            if (destination is { } row) warp.Values(row)[lane] = Lane.From(before);
        }
    }
}

/// <summary>A function of the value before and one operand.</summary>
internal readonly struct Updated<T, TOperation> : ITernary<T, T>
    where TOperation : struct, IBinary<T, T>
{
    public static T Of(T a, T b, T c) => TOperation.Of(a, b);
}

/// <summary>The operand.</summary>
internal readonly struct Exchange<T> : IBinary<T, T>
{
    public static T Of(T a, T b) => b;
}

/// <summary>The third if the value before is the second.</summary>
internal readonly struct CompareAndSwap<T> : ITernary<T, T>
    where T : unmanaged, INumber<T>
{
    public static T Of(T a, T b, T c) => a == b ? c : a;
}

/// <summary>One more, 0 from the operand on.</summary>
internal readonly struct Increment : IBinary<uint, uint>
{
    public static uint Of(uint a, uint b) => a >= b ? 0 : a + 1;
}

/// <summary>One less, the operand below 0 and above it.</summary>
internal readonly struct Decrement : IBinary<uint, uint>
{
    public static uint Of(uint a, uint b) => a == 0 || a > b ? b : a - 1;
}

/// <summary>A function of the bits for one type.</summary>
internal readonly struct ForBits<T, TOperation> : IBinary<T, T>
    where T : unmanaged
    where TOperation : struct, IBinary<ulong, ulong>
{
    public static T Of(T a, T b) => Lane.To<T>(TOperation.Of(Lane.From(a), Lane.From(b)));
}
