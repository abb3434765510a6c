namespace EvsNative.Kernels.Attention;

/// <summary>Keys that a group of the text kernel has in shared memory, a multiple of 16; the last 16 may be there in part.</summary>
internal interface ITextKeys
{
    static abstract int Count { get; }
}

/// <summary>1 to 16 keys.</summary>
internal readonly struct TextKeys16 : ITextKeys
{
    public static int Count => 16;
}

/// <summary>17 to 32 keys.</summary>
internal readonly struct TextKeys32 : ITextKeys
{
    public static int Count => 32;
}

/// <summary>33 to 48 keys.</summary>
internal readonly struct TextKeys48 : ITextKeys
{
    public static int Count => 48;
}

/// <summary>49 to 64 keys.</summary>
internal readonly struct TextKeys64 : ITextKeys
{
    public static int Count => 64;
}

/// <summary>65 to 80 keys: a text is 77 tokens.</summary>
internal readonly struct TextKeys80 : ITextKeys
{
    public static int Count => 80;
}

/// <summary>81 to 96 keys.</summary>
internal readonly struct TextKeys96 : ITextKeys
{
    public static int Count => 96;
}

/// <summary>97 to 112 keys.</summary>
internal readonly struct TextKeys112 : ITextKeys
{
    public static int Count => 112;
}

/// <summary>113 to 128 keys.</summary>
internal readonly struct TextKeys128 : ITextKeys
{
    public static int Count => 128;
}
