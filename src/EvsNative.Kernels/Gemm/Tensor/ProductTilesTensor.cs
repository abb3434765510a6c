namespace EvsNative.Kernels.Gemm;

/// <summary>The part of a product that a group of warps makes on tensor cores, as compile-time constants.</summary>
internal interface IProductTileTensor
{
    /// <summary>Warps one below the other.</summary>
    static abstract int WarpsDown { get; }

    /// <summary>Warps side by side, a power of two.</summary>
    static abstract int WarpsAcross { get; }

    /// <summary>Rows of a warp, in units of 16.</summary>
    static abstract int Rows16 { get; }

    /// <summary>Columns of a warp, in units of 16.</summary>
    static abstract int Columns16 { get; }
}

/// <summary>128 x 160 by 4 warps of 64 x 80: 160 divides every width of the U-Net.</summary>
internal readonly struct Tile128x160 : IProductTileTensor
{
    public static int WarpsDown => 2;
    public static int WarpsAcross => 2;
    public static int Rows16 => 4;
    public static int Columns16 => 5;
}

/// <summary>64 x 160 by 2 warps of 64 x 80: for few rows, and for the last wave.</summary>
internal readonly struct Tile64x160 : IProductTileTensor
{
    public static int WarpsDown => 1;
    public static int WarpsAcross => 2;
    public static int Rows16 => 4;
    public static int Columns16 => 5;
}

/// <summary>128 x 128 by 4 warps of 64 x 64: for the autoencoder and other widths that 160 does not divide.</summary>
internal readonly struct Tile128x128 : IProductTileTensor
{
    public static int WarpsDown => 2;
    public static int WarpsAcross => 2;
    public static int Rows16 => 4;
    public static int Columns16 => 4;
}

/// <summary>128 x 64 by 4 warps of 64 x 32: for sm_75, whose threads have 128 registers where two groups are to fit.</summary>
internal readonly struct Tile128x64 : IProductTileTensor
{
    public static int WarpsDown => 2;
    public static int WarpsAcross => 2;
    public static int Rows16 => 4;
    public static int Columns16 => 2;
}

/// <summary>64 x 64 by 2 warps of 64 x 32: for few rows and few columns.</summary>
internal readonly struct Tile64x64 : IProductTileTensor
{
    public static int WarpsDown => 1;
    public static int WarpsAcross => 2;
    public static int Rows16 => 4;
    public static int Columns16 => 2;
}
