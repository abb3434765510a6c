namespace EvsNative.Kernels.Norm;

/// <summary>Which rows and channels the threads of a group have: a compile-time policy.</summary>
internal interface ILayerNormTile
{
    /// <summary>Threads of a row.</summary>
    static abstract int Lanes { get; }

    /// <summary>Rows of a group.</summary>
    static abstract int Rows { get; }

    /// <summary>
    /// Accesses to a row that a thread has under way, and whose elements it keeps; it reads the others again from the cache.
    /// </summary>
    static abstract int Kept { get; }
}

/// <summary>Up to 320 channels of binary16, 160 of float32.</summary>
internal readonly struct LayerNormTile8 : ILayerNormTile
{
    public static int Lanes => 8;

    public static int Rows => 32;

    public static int Kept => 5;
}

/// <summary>Up to 640 channels of binary16, 320 of float32.</summary>
internal readonly struct LayerNormTile16 : ILayerNormTile
{
    public static int Lanes => 16;

    public static int Rows => 16;

    public static int Kept => 5;
}

/// <summary>Up to 1280 channels of binary16, 640 of float32.</summary>
internal readonly struct LayerNormTile32 : ILayerNormTile
{
    public static int Lanes => 32;

    public static int Rows => 8;

    public static int Kept => 5;
}

/// <summary>Up to 2560 channels of binary16, 1280 of float32, and more with what is read again.</summary>
internal readonly struct LayerNormTile64 : ILayerNormTile
{
    public static int Lanes => 64;

    public static int Rows => 4;

    public static int Kept => 5;
}

/// <summary>How the rows of a layer norm are shared out.</summary>
/// <param name="Tile">the policy</param>
/// <param name="Width">channels that a thread moves at once</param>
/// <param name="Lanes">threads of a row</param>
/// <param name="Rows">rows of a group</param>
internal readonly record struct LayerNormPlanPortable(Type Tile, int Width, int Lanes, int Rows)
{
    /// <summary>Threads of a group.</summary>
    public int Threads => Lanes * Rows;

    /// <summary>As few threads to a row as can keep it, so that few sums are merged and a group has several rows.</summary>
    /// <param name="channels">of a row</param>
    /// <param name="width">channels that a thread moves at once</param>
    public static LayerNormPlanPortable For(int channels, int width) =>
        Keeps<LayerNormTile8>(channels, width) ? Of<LayerNormTile8>(width)
        : Keeps<LayerNormTile16>(channels, width) ? Of<LayerNormTile16>(width)
        : Keeps<LayerNormTile32>(channels, width) ? Of<LayerNormTile32>(width)
        : Of<LayerNormTile64>(width);

    private static bool Keeps<TTile>(int channels, int width) where TTile : ILayerNormTile => channels <= TTile.Lanes * TTile.Kept * width;

    private static LayerNormPlanPortable Of<TTile>(int width) where TTile : ILayerNormTile =>
        new(typeof(TTile), width, TTile.Lanes, TTile.Rows);
}
