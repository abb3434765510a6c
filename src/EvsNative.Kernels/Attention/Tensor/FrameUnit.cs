namespace EvsNative.Kernels.Attention;

/// <summary>
/// What a warp of the frame kernel works on: compile-time constants. A unit is a head, or two neighbours of them where one alone would not
/// end with a sector of memory. Its channels are taken in blocks of 32, four chunks of 16 bytes, one for each lane of a quad; the last
/// block may reach beyond the unit.
/// </summary>
internal interface IFrameUnit
{
    /// <summary>Heads of a unit, 1 or 2.</summary>
    static abstract int Heads { get; }

    /// <summary>Blocks of 32 channels of a unit.</summary>
    static abstract int Blocks { get; }
}

/// <summary>Heads of a unit as a policy.</summary>
internal interface IFrameHeads
{
    static abstract int Count { get; }
}

/// <summary>A head.</summary>
internal readonly struct OneHead : IFrameHeads
{
    public static int Count => 1;
}

/// <summary>Two heads.</summary>
internal readonly struct TwoHeads : IFrameHeads
{
    public static int Count => 2;
}

/// <summary>Up to 32 channels.</summary>
internal readonly struct FrameUnit32<THeads> : IFrameUnit
    where THeads : struct, IFrameHeads
{
    public static int Heads => THeads.Count;

    public static int Blocks => 1;
}

/// <summary>Up to 64 channels.</summary>
internal readonly struct FrameUnit64<THeads> : IFrameUnit
    where THeads : struct, IFrameHeads
{
    public static int Heads => THeads.Count;

    public static int Blocks => 2;
}

/// <summary>Up to 96 channels.</summary>
internal readonly struct FrameUnit96<THeads> : IFrameUnit
    where THeads : struct, IFrameHeads
{
    public static int Heads => THeads.Count;

    public static int Blocks => 3;
}

/// <summary>Up to 128 channels.</summary>
internal readonly struct FrameUnit128<THeads> : IFrameUnit
    where THeads : struct, IFrameHeads
{
    public static int Heads => THeads.Count;

    public static int Blocks => 4;
}

/// <summary>Up to 160 channels.</summary>
internal readonly struct FrameUnit160<THeads> : IFrameUnit
    where THeads : struct, IFrameHeads
{
    public static int Heads => THeads.Count;

    public static int Blocks => 5;
}
