namespace EvsNative.Kernels.Attention;

/// <summary>How a group's threads share queries and keys: compile-time constants of a kernel.</summary>
internal interface IAttentionTile
{
    /// <summary>Threads side by side: across keys in the first product, across channels in the second.</summary>
    static abstract int ThreadColumns { get; }

    /// <summary>Threads one below the other, across queries.</summary>
    static abstract int ThreadRows { get; }

    /// <summary>Queries of a thread.</summary>
    static abstract int Queries { get; }

    /// <summary>Keys of a thread.</summary>
    static abstract int Keys { get; }

    /// <summary>
    /// What lies between two rows of scores beyond their keys, so that the rows of a warp's threads are in different banks.
    /// </summary>
    static abstract int Gap { get; }
}

/// <summary>How wide a head is: compile-time constants of a kernel.</summary>
internal interface IAttentionWidth
{
    /// <summary>Channels of the result that a thread sums up.</summary>
    static abstract int Channels { get; }

    /// <summary>Channels of queries and keys that are in shared memory at a time.</summary>
    static abstract int Depth { get; }

    /// <summary>Threads side by side that load a row of them; divides <see cref="Depth"/>.</summary>
    static abstract int Lanes { get; }

    /// <summary>Most keys whose values are in shared memory at a time.</summary>
    static abstract int ValueKeys { get; }

    /// <summary>What lies between two rows of values in shared memory.</summary>
    static abstract int Gap { get; }
}

/// <summary>64 queries by 64 keys, 128 threads.</summary>
internal readonly struct TokenTile : IAttentionTile
{
    public static int ThreadColumns => 8;

    public static int ThreadRows => 16;

    public static int Queries => 4;

    public static int Keys => 8;

    public static int Gap => 2;
}

/// <summary>16 queries by 16 keys, 64 threads: frames of a video, and other short sequences.</summary>
internal readonly struct ShortTile : IAttentionTile
{
    public static int ThreadColumns => 8;

    public static int ThreadRows => 8;

    public static int Queries => 2;

    public static int Keys => 2;

    public static int Gap => 4;
}

/// <summary>
/// 32 queries by 64 keys, 256 threads: for the autoencoder's single head, whose sums would not fit the registers of fewer.
/// </summary>
internal readonly struct WideTile : IAttentionTile
{
    public static int ThreadColumns => 32;

    public static int ThreadRows => 8;

    public static int Queries => 4;

    public static int Keys => 2;

    public static int Gap => 2;
}

/// <summary>Heads of up to 8 channels.</summary>
internal readonly struct Width8 : IAttentionWidth
{
    public static int Channels => 1;

    public static int Depth => 8;

    public static int Lanes => 8;

    public static int ValueKeys => 64;

    public static int Gap => 0;
}

/// <summary>Heads of up to 40 channels.</summary>
internal readonly struct Width40 : IAttentionWidth
{
    public static int Channels => 5;

    public static int Depth => 20;

    public static int Lanes => 4;

    public static int ValueKeys => 64;

    public static int Gap => 0;
}

/// <summary>Heads of up to 64 channels.</summary>
internal readonly struct Width64 : IAttentionWidth
{
    public static int Channels => 8;

    public static int Depth => 16;

    public static int Lanes => 8;

    public static int ValueKeys => 32;

    public static int Gap => 8;
}

/// <summary>Heads of up to 80 channels.</summary>
internal readonly struct Width80 : IAttentionWidth
{
    public static int Channels => 10;

    public static int Depth => 16;

    public static int Lanes => 8;

    public static int ValueKeys => 32;

    public static int Gap => 8;
}

/// <summary>Heads of up to 160 channels.</summary>
internal readonly struct Width160 : IAttentionWidth
{
    public static int Channels => 20;

    public static int Depth => 16;

    public static int Lanes => 8;

    public static int ValueKeys => 16;

    public static int Gap => 8;
}

/// <summary>Heads of up to 512 channels, with <see cref="WideTile"/>.</summary>
internal readonly struct Width512 : IAttentionWidth
{
    public static int Channels => 16;

    public static int Depth => 16;

    public static int Lanes => 8;

    public static int ValueKeys => 8;

    public static int Gap => 0;
}
