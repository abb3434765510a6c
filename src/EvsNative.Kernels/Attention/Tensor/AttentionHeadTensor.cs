namespace EvsNative.Kernels.Attention;

/// <summary>How a head's attention is cut for tensor cores: compile-time constants of a kernel.</summary>
internal interface IAttentionHeadTensor
{
    /// <summary>Channels of a head, a multiple of 8. Heads of fewer are filled with zeros.</summary>
    static abstract int Channels { get; }

    /// <summary>Blocks of 16 queries of a warp: with two of them a fragment of keys or values serves two products.</summary>
    static abstract int Blocks { get; }

    /// <summary>Keys at a time, a multiple of 32.</summary>
    static abstract int Keys { get; }
}

/// <summary>Heads of 8 channels: small networks.</summary>
internal readonly struct Head8 : IAttentionHeadTensor
{
    public static int Channels => 8;

    public static int Blocks => 2;

    public static int Keys => 64;
}

/// <summary>Heads of up to 40 channels.</summary>
internal readonly struct Head40 : IAttentionHeadTensor
{
    public static int Channels => 40;

    public static int Blocks => 2;

    public static int Keys => 64;
}

/// <summary>Heads of up to 64 channels.</summary>
internal readonly struct Head64 : IAttentionHeadTensor
{
    public static int Channels => 64;

    public static int Blocks => 2;

    public static int Keys => 64;
}

/// <summary>Heads of up to 80 channels.</summary>
internal readonly struct Head80 : IAttentionHeadTensor
{
    public static int Channels => 80;

    public static int Blocks => 2;

    public static int Keys => 32;
}

/// <summary>Heads of up to 128 channels.</summary>
internal readonly struct Head128 : IAttentionHeadTensor
{
    public static int Channels => 128;

    public static int Blocks => 1;

    public static int Keys => 32;
}

/// <summary>Heads of up to 160 channels.</summary>
internal readonly struct Head160 : IAttentionHeadTensor
{
    public static int Channels => 160;

    public static int Blocks => 1;

    public static int Keys => 32;
}
