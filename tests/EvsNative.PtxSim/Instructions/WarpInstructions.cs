using System.Numerics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>An instruction that the threads of a warp execute together; the members are an operand.</summary>
internal abstract unsafe class TogetherInstruction(Row? members) : PtxInstruction
{
    internal override Flow Flow => Flow.Together;

    internal override uint Members(Warp warp, int lane) => members is { } row ? (uint)warp.Values(row)[lane] : Warp.Full;
}

/// <summary>A barrier of a warp.</summary>
internal sealed class WarpBarrierInstruction(Row members) : TogetherInstruction(members)
{
    internal override void Execute(Warp warp, uint mask) => warp.Order();
}

/// <summary>From which lane a value comes.</summary>
internal enum Shuffle
{
    /// <summary>The one so many below.</summary>
    Up,

    /// <summary>The one so many above.</summary>
    Down,

    /// <summary>The one whose number differs in these bits.</summary>
    Butterfly,

    /// <summary>The one of this number.</summary>
    Index,
}

/// <summary>
/// Values of other lanes: <c>shfl.sync d|p, a, b, c, members</c>. Where the other lane is out of the segment a lane keeps its own; from
/// lanes that are not here comes nothing.
/// </summary>
internal sealed unsafe class ShuffleInstruction(Shuffle mode, Row destination, Row? isInside, Row source, Row by, Row segment, Row members)
    : TogetherInstruction(members)
{
    internal override void Execute(Warp warp, uint mask)
    {
        ulong* values = stackalloc ulong[32];
        new ReadOnlySpan<ulong>(warp.Values(source), 32).CopyTo(new Span<ulong>(values, 32));
        ulong* d = warp.Values(destination), b = warp.Values(by), c = warp.Values(segment);
        for (uint left = mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left), distance = (int)b[lane] & 31;
            int clamp = (int)c[lane] & 31, fixedBits = (int)(c[lane] >> 8) & 31;
            int lowest = lane & fixedBits, end = lowest | (clamp & ~fixedBits);
            int from = mode switch
            {
                Shuffle.Up => lane - distance,
                Shuffle.Down => lane + distance,
                Shuffle.Butterfly => lane ^ distance,
                _ => lowest | (distance & ~fixedBits),
            };
            bool inside = mode == Shuffle.Up ? from >= end : from <= end;
            if (isInside is { } predicate) warp.Values(predicate)[lane] = inside ? 1ul : 0;
            if (!inside) from = lane;
            if ((mask >> from & 1) == 0)
                warp.Report(PtxFault.BarrierDivergence, lane, this, $"takes the value of lane {from}, which is not here");
            d[lane] = (mask >> from & 1) != 0 ? values[from] : uint.MaxValue;
        }
    }
}

/// <summary>What a vote asks.</summary>
internal enum Vote
{
    /// <summary>Are all true?</summary>
    All,

    /// <summary>Is one true?</summary>
    Any,

    /// <summary>Are all the same?</summary>
    Uniform,

    /// <summary>Which ones are true?</summary>
    Ballot,
}

/// <summary>A predicate of all lanes: <c>vote.sync d, p, members</c>.</summary>
internal sealed unsafe class VoteInstruction(Vote vote, Row destination, Row source, bool isNegated, Row members)
    : TogetherInstruction(members)
{
    internal override void Execute(Warp warp, uint mask)
    {
        uint isTrue = 0;
        ulong* a = warp.Values(source), d = warp.Values(destination);
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) != 0 && (a[lane] != 0) != isNegated) isTrue |= 1u << lane;
        }

        ulong result = vote switch
        {
            Vote.All => isTrue == mask ? 1ul : 0,
            Vote.Any => isTrue != 0 ? 1ul : 0,
            Vote.Uniform => isTrue == 0 || isTrue == mask ? 1ul : 0,
            _ => isTrue,
        };
        for (; mask != 0; mask &= mask - 1) d[BitOperations.TrailingZeroCount(mask)] = result;
    }
}
