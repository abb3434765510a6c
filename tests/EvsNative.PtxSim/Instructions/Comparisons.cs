using System.Numerics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>A relation of two numbers.</summary>
internal interface IRelation
{
    static abstract bool Of<T>(T a, T b)
        where T : unmanaged, INumber<T>;
}

/// <summary>a = b.</summary>
internal readonly struct Equal : IRelation
{
    public static bool Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => a == b;
}

/// <summary>a and b are numbers and differ.</summary>
internal readonly struct Different : IRelation
{
    public static bool Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => a < b || a > b;
}

/// <summary>a &lt; b.</summary>
internal readonly struct Less : IRelation
{
    public static bool Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => a < b;
}

/// <summary>a &lt;= b.</summary>
internal readonly struct LessOrEqual : IRelation
{
    public static bool Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => a <= b;
}

/// <summary>Both are numbers.</summary>
internal readonly struct Ordered : IRelation
{
    public static bool Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => !T.IsNaN(a) && !T.IsNaN(b);
}

/// <summary>A relation with its operands exchanged: &gt; of &lt;.</summary>
internal readonly struct Exchanged<TRelation> : IRelation
    where TRelation : struct, IRelation
{
    public static bool Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => TRelation.Of(b, a);
}

/// <summary>What is true where the relation is not: &lt; or unordered of &gt;=.</summary>
internal readonly struct Opposite<TRelation> : IRelation
    where TRelation : struct, IRelation
{
    public static bool Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => !TRelation.Of(a, b);
}

/// <summary>How <c>setp</c> joins the result of the comparison with a predicate.</summary>
internal enum Join
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>Both.</summary>
    And,

    /// <summary>One or both.</summary>
    Or,

    /// <summary>One of them.</summary>
    Xor,
}

/// <summary>The third operand of <c>setp</c>.</summary>
internal readonly record struct Joined(Join Join, Row Predicate, bool IsNegated);

/// <summary>A comparison: the first predicate gets it, the second one its opposite, both joined with a third.</summary>
internal sealed unsafe class CompareInstruction<T, TRelation>(Row destination, Row? opposite, Row left, Row right, Joined joined)
    : PtxInstruction
    where T : unmanaged, INumber<T>
    where TRelation : struct, IRelation
{
    internal override void Execute(Warp warp, uint mask)
    {
        ulong* d = warp.Values(destination), a = warp.Values(left), b = warp.Values(right);
        if (joined.Join == Join.None && opposite is null)
        {
            if (FourLanes.TryCompare<T, TRelation>(d, a, b, mask)) return;
            for (; mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                d[lane] = TRelation.Of(Lane.To<T>(a[lane]), Lane.To<T>(b[lane])) ? 1ul : 0;
            }

            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            bool isTrue = TRelation.Of(Lane.To<T>(a[lane]), Lane.To<T>(b[lane]));
            bool third = joined.Join != Join.None && (warp.Values(joined.Predicate)[lane] != 0) != joined.IsNegated;
            d[lane] = With(isTrue, third) ? 1ul : 0;
            if (opposite is { } other) warp.Values(other)[lane] = With(!isTrue, third) ? 1ul : 0;
        }
    }

    private bool With(bool isTrue, bool third) => joined.Join switch
    {
        Join.And => isTrue && third,
        Join.Or => isTrue || third,
        Join.Xor => isTrue != third,
        _ => isTrue,
    };
}

/// <summary>What <c>testp</c> asks.</summary>
internal readonly struct Test<T, TQuestion> : IUnary<T, ulong>
    where T : unmanaged, INumber<T>
    where TQuestion : struct, IQuestion
{
    public static ulong Of(T a) => TQuestion.Of(a) ? 1ul : 0;
}

/// <summary>A question about a float.</summary>
internal interface IQuestion
{
    static abstract bool Of<T>(T a)
        where T : unmanaged, INumber<T>;
}

/// <summary>Is it no number?</summary>
internal readonly struct IsNotANumber : IQuestion
{
    public static bool Of<T>(T a)
        where T : unmanaged, INumber<T> => T.IsNaN(a);
}

/// <summary>Is it a number?</summary>
internal readonly struct IsANumber : IQuestion
{
    public static bool Of<T>(T a)
        where T : unmanaged, INumber<T> => !T.IsNaN(a);
}

/// <summary>Is it finite?</summary>
internal readonly struct IsFinite : IQuestion
{
    public static bool Of<T>(T a)
        where T : unmanaged, INumber<T> => T.IsFinite(a);
}

/// <summary>Is it infinite?</summary>
internal readonly struct IsInfinite : IQuestion
{
    public static bool Of<T>(T a)
        where T : unmanaged, INumber<T> => T.IsInfinity(a);
}

/// <summary>Is it normal?</summary>
internal readonly struct IsNormal : IQuestion
{
    public static bool Of<T>(T a)
        where T : unmanaged, INumber<T> => T.IsNormal(a);
}

/// <summary>Is it subnormal?</summary>
internal readonly struct IsSubnormal : IQuestion
{
    public static bool Of<T>(T a)
        where T : unmanaged, INumber<T> => T.IsSubnormal(a);
}
