namespace EvsNative.Kernels.Attention;

/// <summary>How long the frame kernel's sequences are: a compile-time constant.</summary>
internal interface IFrameTiles
{
    /// <summary>Blocks of 16 frames; the last one may be there in part.</summary>
    static abstract int Count { get; }
}

/// <summary>1 to 16 frames.</summary>
internal readonly struct Frames16 : IFrameTiles
{
    public static int Count => 1;
}

/// <summary>17 to 32 frames.</summary>
internal readonly struct Frames32 : IFrameTiles
{
    public static int Count => 2;
}
