namespace EvsNative.Layers;

/// <summary>
/// How much of a stranger's file is believed before anything is allocated for it. Every reader asks here, before it reads. The numbers lie
/// well above what real models and clips need and well below what harms a machine.
/// </summary>
public static class InputLimits
{
    /// <summary>Most bytes of a JSON file: configurations, indexes, small lists.</summary>
    public const long JsonBytes = 16 << 20;

    /// <summary>Most bytes of a vocabulary file: vocab.json, merges.txt, tokenizer.json. CLIP's have 1 to 4 MB.</summary>
    public const long VocabularyBytes = 64 << 20;

    /// <summary>Most tokens of a vocabulary. CLIP's has 49,408.</summary>
    public const int Tokens = 1 << 20;

    /// <summary>Deepest nesting of JSON. Model files need 8.</summary>
    public const int JsonDepth = 64;

    /// <summary>Most bytes of a safetensors header, by the format.</summary>
    public const int HeaderBytes = 100_000_000;

    /// <summary>Most tensors of a file or a network. A motion U-Net has 1,200.</summary>
    public const int Tensors = 100_000;

    /// <summary>Most axes of a tensor.</summary>
    public const int Axes = 8;

    /// <summary>Most numbers of one tensor.</summary>
    public const long Elements = 1L << 34;

    /// <summary>Most bytes of a picture file.</summary>
    public const long PictureBytes = 1L << 30;

    /// <summary>Longest edge of a picture, pixels.</summary>
    public const int PictureEdge = 16384;

    /// <summary>Most pixels of a picture: 64 million.</summary>
    public const long PicturePixels = 1L << 26;

    /// <summary>Most channels of a layer. SD1.5's widest has 10,240.</summary>
    public const int Channels = 1 << 16;

    /// <summary>Most layers of one kind in a row: blocks, layers of a block, layers of a text encoder.</summary>
    public const int Layers = 128;

    /// <summary>Most heads of an attention.</summary>
    public const int Heads = 1024;

    /// <summary>Most frames that motion modules may say they take, and most words of a text encoder.</summary>
    public const int Positions = 4096;
}
