namespace EvsNative.Kernels.Attention;

/// <summary>A form of the attention kernel of processors: all its compile-time constants.</summary>
internal interface IAttentionLineForm
{
    /// <summary>Queries of a group, side by side.</summary>
    static abstract int Queries { get; }

    /// <summary>Keys at a time, a multiple of four.</summary>
    static abstract int Keys { get; }

    /// <summary>Channels of the widest head, a multiple of four.</summary>
    static abstract int Channels { get; }
}

/// <summary>How many queries and keys are worked on at a time.</summary>
internal interface IAttentionLineTile
{
    /// <summary>Queries: iterations of the loop of which vectors are made.</summary>
    static abstract int Queries { get; }

    /// <summary>Keys.</summary>
    static abstract int Keys { get; }
}

/// <summary>For heads that are not wide: keys and values are widened once for many queries.</summary>
internal readonly struct LongLineTile : IAttentionLineTile
{
    public static int Queries => 64;

    public static int Keys => 32;
}

/// <summary>For wide heads, whose queries and results would leave the first cache.</summary>
internal readonly struct MiddleLineTile : IAttentionLineTile
{
    public static int Queries => 32;

    public static int Keys => 32;
}

/// <summary>For frames and other short sequences.</summary>
internal readonly struct ShortLineTile : IAttentionLineTile
{
    public static int Queries => 16;

    public static int Keys => 16;
}

/// <summary>The form that follows from a tile and a width.</summary>
internal readonly struct AttentionLineForm<TTile, TWidth> : IAttentionLineForm
    where TTile : struct, IAttentionLineTile
    where TWidth : struct, IAttentionLineWidth
{
    public static int Queries => TTile.Queries;

    public static int Keys => TTile.Keys;

    public static int Channels => TWidth.Channels;
}

/// <summary>How wide a head is.</summary>
internal interface IAttentionLineWidth
{
    /// <summary>Most channels.</summary>
    static abstract int Channels { get; }
}

/// <summary>Heads of up to 40 channels.</summary>
internal readonly struct LineWidth40 : IAttentionLineWidth
{
    public static int Channels => 40;
}

/// <summary>Heads of up to 80 channels.</summary>
internal readonly struct LineWidth80 : IAttentionLineWidth
{
    public static int Channels => 80;
}

/// <summary>Heads of up to 160 channels.</summary>
internal readonly struct LineWidth160 : IAttentionLineWidth
{
    public static int Channels => 160;
}

/// <summary>Heads of up to 512 channels.</summary>
internal readonly struct LineWidth512 : IAttentionLineWidth
{
    public static int Channels => 512;
}
