namespace EvsNative.Kernels.Attention;

/// <summary>
/// How the text kernel cuts heads: compile-time constants. A unit is what a group works on: a head, or two neighbours of them where one
/// alone would not end with a sector of memory. Its channels are taken in blocks of 32, four chunks of 16 bytes, one for each lane of a
/// quad; two chunks that remain are read for 16 rows at once.
/// </summary>
internal interface ITextHead
{
    /// <summary>Heads of a unit, 1 or 2.</summary>
    static abstract int Heads { get; }

    /// <summary>Blocks of 32 channels of a head. The last one may reach beyond the head if nothing remains.</summary>
    static abstract int Blocks { get; }

    /// <summary>
    /// Chunks of a head beyond its blocks: none, 2, or 1 of each of two heads: the first one's last and the second one's first.
    /// </summary>
    static abstract int Rest { get; }
}

/// <summary>Two heads of 40 channels: 0 to 31 and 32 to 39 of the first, 0 to 7 and 8 to 39 of the second.</summary>
internal readonly struct TextHeads40 : ITextHead
{
    public static int Heads => 2;

    public static int Blocks => 1;

    public static int Rest => 1;
}

/// <summary>A head of 80 channels: two blocks, and 64 to 79.</summary>
internal readonly struct TextHead80 : ITextHead
{
    public static int Heads => 1;

    public static int Blocks => 2;

    public static int Rest => 2;
}

/// <summary>A head of up to 32 channels.</summary>
internal readonly struct TextHead32 : ITextHead
{
    public static int Heads => 1;

    public static int Blocks => 1;

    public static int Rest => 0;
}

/// <summary>A head of up to 64 channels.</summary>
internal readonly struct TextHead64 : ITextHead
{
    public static int Heads => 1;

    public static int Blocks => 2;

    public static int Rest => 0;
}

/// <summary>A head of up to 96 channels.</summary>
internal readonly struct TextHead96 : ITextHead
{
    public static int Heads => 1;

    public static int Blocks => 3;

    public static int Rest => 0;
}

/// <summary>A head of up to 128 channels.</summary>
internal readonly struct TextHead128 : ITextHead
{
    public static int Heads => 1;

    public static int Blocks => 4;

    public static int Rest => 0;
}

/// <summary>A head of up to 160 channels.</summary>
internal readonly struct TextHead160 : ITextHead
{
    public static int Heads => 1;

    public static int Blocks => 5;

    public static int Rest => 0;
}
