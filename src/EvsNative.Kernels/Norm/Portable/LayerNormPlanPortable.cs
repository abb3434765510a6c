using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Norm;

/// <summary>Which rows and channels the threads of a group have: a compile-time policy.</summary>
internal interface ILayerNormTile
{
    /// <summary>Threads of a row.</summary>
    static abstract int Lanes { get; }

    /// <summary>Rows of a group.</summary>
    static abstract int Rows { get; }

    /// <summary>Elements of a row that a thread keeps; it reads the others again from the cache.</summary>
    static abstract int Kept { get; }
}

/// <summary>Up to 256 channels.</summary>
internal readonly struct LayerNormTile32 : ILayerNormTile
{
    public static int Lanes => 32;

    public static int Rows => 8;

    public static int Kept => 8;
}

/// <summary>Up to 512 channels.</summary>
internal readonly struct LayerNormTile64 : ILayerNormTile
{
    public static int Lanes => 64;

    public static int Rows => 4;

    public static int Kept => 8;
}

/// <summary>Up to 1024 channels.</summary>
internal readonly struct LayerNormTile128 : ILayerNormTile
{
    public static int Lanes => 128;

    public static int Rows => 2;

    public static int Kept => 8;
}

/// <summary>Up to 2048 channels, and more with what is read again.</summary>
internal readonly struct LayerNormTile256 : ILayerNormTile
{
    public static int Lanes => 256;

    public static int Rows => 1;

    public static int Kept => 8;
}

/// <summary>
/// For processors, where the threads of a group are a loop: one that walks along memory becomes vectors, and a short one ends in short
/// sums.
/// </summary>
internal readonly struct LineLayerNormTile : ILayerNormTile
{
    public static int Lanes => 16;

    public static int Rows => 1;

    public static int Kept => 1;
}

/// <summary>How the rows of a layer norm are shared out.</summary>
/// <param name="Tile">the policy</param>
/// <param name="Lanes">its threads of a row</param>
/// <param name="Rows">its rows</param>
internal readonly record struct LayerNormPlanPortable(Type Tile, int Lanes, int Rows)
{
    /// <summary>Threads of a group.</summary>
    public int Threads => Lanes * Rows;

    /// <summary>As few threads to a row as can keep it, so that a group has several rows.</summary>
    public static LayerNormPlanPortable For(GpuCaps caps, int channels) =>
        caps.IsProcessor ? Of<LineLayerNormTile>()
        : channels <= LayerNormTile32.Lanes * LayerNormTile32.Kept ? Of<LayerNormTile32>()
        : channels <= LayerNormTile64.Lanes * LayerNormTile64.Kept ? Of<LayerNormTile64>()
        : channels <= LayerNormTile128.Lanes * LayerNormTile128.Kept ? Of<LayerNormTile128>()
        : Of<LayerNormTile256>();

    private static LayerNormPlanPortable Of<TTile>() where TTile : ILayerNormTile => new(typeof(TTile), TTile.Lanes, TTile.Rows);
}
