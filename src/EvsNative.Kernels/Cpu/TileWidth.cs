namespace EvsNative.Kernels.Cpu;

/// <summary>
/// How many vectors wide a tile of sums is, as a compile-time choice: what a narrower tile lacks is left out by the compiler.
/// </summary>
internal interface ITileWidth
{
    /// <summary>1 .. 4</summary>
    static abstract int Vectors { get; }
}

/// <inheritdoc cref="ITileWidth"/>
internal readonly struct OneWide : ITileWidth
{
    public static int Vectors => 1;
}

/// <inheritdoc cref="ITileWidth"/>
internal readonly struct TwoWide : ITileWidth
{
    public static int Vectors => 2;
}

/// <inheritdoc cref="ITileWidth"/>
internal readonly struct ThreeWide : ITileWidth
{
    public static int Vectors => 3;
}

/// <inheritdoc cref="ITileWidth"/>
internal readonly struct FourWide : ITileWidth
{
    public static int Vectors => 4;
}
