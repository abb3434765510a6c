using System.Numerics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>A function of one value.</summary>
internal interface IUnary<TIn, TOut>
{
    static abstract TOut Of(TIn a);
}

/// <summary>A function of two values.</summary>
internal interface IBinary<TIn, TOut>
{
    static abstract TOut Of(TIn a, TIn b);
}

/// <summary>A function of three values.</summary>
internal interface ITernary<TIn, TOut>
{
    static abstract TOut Of(TIn a, TIn b, TOut c);
}

/// <summary>One value to one value, in each lane.</summary>
internal sealed unsafe class UnaryInstruction<TIn, TOut, TOperation>(Row destination, Row source) : PtxInstruction
    where TIn : unmanaged
    where TOut : unmanaged
    where TOperation : struct, IUnary<TIn, TOut>
{
    internal override void Execute(Warp warp, uint mask)
    {
        ulong* d = warp.Values(destination), a = warp.Values(source);
        if (FourLanes.TryUnary<TOperation>(d, a, mask)) return;
        if (mask == Warp.Full)
        {
            for (int lane = 0; lane < 32; lane++) d[lane] = Lane.From(TOperation.Of(Lane.To<TIn>(a[lane])));
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            d[lane] = Lane.From(TOperation.Of(Lane.To<TIn>(a[lane])));
        }
    }
}

/// <summary>Two values to one, in each lane.</summary>
internal sealed unsafe class BinaryInstruction<TIn, TOut, TOperation>(Row destination, Row left, Row right) : PtxInstruction
    where TIn : unmanaged
    where TOut : unmanaged
    where TOperation : struct, IBinary<TIn, TOut>
{
    internal override void Execute(Warp warp, uint mask)
    {
        ulong* d = warp.Values(destination), a = warp.Values(left), b = warp.Values(right);
        if (FourLanes.TryBinary<TOperation>(d, a, b, mask)) return;
        if (mask == Warp.Full)
        {
            for (int lane = 0; lane < 32; lane++) d[lane] = Lane.From(TOperation.Of(Lane.To<TIn>(a[lane]), Lane.To<TIn>(b[lane])));
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            d[lane] = Lane.From(TOperation.Of(Lane.To<TIn>(a[lane]), Lane.To<TIn>(b[lane])));
        }
    }
}

/// <summary>Three values to one, in each lane.</summary>
internal sealed unsafe class TernaryInstruction<TIn, TOut, TOperation>(Row destination, Row left, Row right, Row third) : PtxInstruction
    where TIn : unmanaged
    where TOut : unmanaged
    where TOperation : struct, ITernary<TIn, TOut>
{
    internal override void Execute(Warp warp, uint mask)
    {
        ulong* d = warp.Values(destination), a = warp.Values(left), b = warp.Values(right), c = warp.Values(third);
        if (FourLanes.TryTernary<TOperation>(d, a, b, c, mask)) return;
        if (mask == Warp.Full)
        {
            for (int lane = 0; lane < 32; lane++)
            {
                d[lane] = Lane.From(TOperation.Of(Lane.To<TIn>(a[lane]), Lane.To<TIn>(b[lane]), Lane.To<TOut>(c[lane])));
            }

            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            d[lane] = Lane.From(TOperation.Of(Lane.To<TIn>(a[lane]), Lane.To<TIn>(b[lane]), Lane.To<TOut>(c[lane])));
        }
    }
}
