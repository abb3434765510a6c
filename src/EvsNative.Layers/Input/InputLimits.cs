namespace EvsNative.Layers;

/// <summary>
/// How much of a stranger's file is believed before anything is allocated for it. Every reader asks here, before it reads. The numbers
/// lie well above what real models and clips need and well below what harms a machine.
/// </summary>
public static class InputLimits
{
    /// <summary>Most bytes of a JSON file: configurations, indexes, small lists.</summary>
    public const long JsonBytes = 16 << 20;

    /// <summary>Most bytes of a vocabulary file: vocab.json, merges.txt, tokenizer.json. CLIP's have 1 to 4 MB.</summary>
    public const long VocabularyBytes = 64 << 20;

    /// <summary>Most bytes of a file of prompts.</summary>
    public const long PromptBytes = 1 << 20;

    /// <summary>Most vectors of a textual inversion: what the text encoder reads at once, without begin and end.</summary>
    public const int WordVectors = 75;

    /// <summary>Most words that one file of textual inversions may bring.</summary>
    public const int NewWords = 64;

    /// <summary>Most tokens of a vocabulary. CLIP's has 49,408.</summary>
    public const int Tokens = 1 << 20;

    /// <summary>Deepest nesting of JSON. Model files need 8.</summary>
    public const int JsonDepth = 64;

    /// <summary>Most bytes of a safetensors header, by the format.</summary>
    public const int HeaderBytes = 100_000_000;

    /// <summary>Most bytes of the pickle in a PyTorch file. Those of Stable Diffusion have 200 kB.</summary>
    public const long PickleBytes = 64 << 20;

    /// <summary>Most steps of a pickle.</summary>
    public const int PickleSteps = 10_000_000;

    /// <summary>Most values that a pickle may have at hand at once. PyTorch's need 2,000 and a few.</summary>
    public const int PickleStack = 100_000;

    /// <summary>Deepest nesting of lists, tuples and dictionaries of a pickle. PyTorch's need 6.</summary>
    public const int PickleDepth = 64;

    /// <summary>Most bytes of the directory of a zip archive.</summary>
    public const long DirectoryBytes = 64 << 20;

    /// <summary>
    /// All tensors of a PyTorch file together have at most this many times the bytes of the file, and <see cref="ViewBytes"/>: several may
    /// look at the same numbers, and one may repeat them.
    /// </summary>
    public const int ViewFactor = 4;

    /// <summary>What the tensors of a PyTorch file may have together whatever its size.</summary>
    public const long ViewBytes = 64 << 20;

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

    /// <summary>Fewest and most frames a second of a clip: what containers can write down.</summary>
    public const double LeastRate = 0.01, MostRate = 1000;

    /// <summary>Most channels of a layer. SD1.5's widest has 10,240.</summary>
    public const int Channels = 1 << 16;

    /// <summary>Most layers of one kind in a row: blocks, layers of a block, layers of a text encoder.</summary>
    public const int Layers = 128;

    /// <summary>Most heads of an attention.</summary>
    public const int Heads = 1024;

    /// <summary>Most frames that motion modules may say they take, and most words of a text encoder.</summary>
    public const int Positions = 4096;

    /// <summary>Most numbers of one tensor that a network asks for: they go through one array.</summary>
    public const long WeightElements = 1L << 30;

    /// <summary>Most sizes of a network: entries of its configuration's lists of blocks. Stable Diffusion has 4.</summary>
    public const int Levels = 8;

    /// <summary>Most values of a JSON file, names and members of lists counted alike. CLIP's tokenizer.json has 250,000.</summary>
    public const int JsonValues = 1 << 22;

    /// <summary>Most files that the tensors of one network are spread over.</summary>
    public const int Shards = 256;

    /// <summary>Most tensors that are named as wrong; a file with more of them is of another network.</summary>
    public const int Findings = 200;

    /// <summary>Least epsilon of a norm. Usual ones are 1e-6 and 1e-5.</summary>
    public const float LeastEpsilon = 1e-12f;

    /// <summary>Most epsilon of a norm.</summary>
    public const float MostEpsilon = 1e-2f;

    /// <summary>Least factor between an autoencoder's latents and those of a denoiser. Stable Diffusion's is 0.18215.</summary>
    public const float LeastScale = 1e-3f;

    /// <summary>Most factor between an autoencoder's latents and those of a denoiser.</summary>
    public const float MostScale = 1e3f;

    /// <summary>Fewest steps of training: consistency models visit every T / 50-th.</summary>
    public const int LeastTrainingSteps = 50;

    /// <summary>Most steps of training. Nearly all models have 1,000.</summary>
    public const int MostTrainingSteps = 100_000;

    /// <summary>Least variance that a step of training adds.</summary>
    public const double LeastBeta = 1e-9;

    /// <summary>Most variance that a step of training adds.</summary>
    public const double MostBeta = 0.999;

    /// <summary>Least share of the picture's power that the noisiest step leaves. Stable Diffusion's is 0.0047.</summary>
    public const double LeastSignal = 1e-9;

    /// <summary>Most bytes that a packed file may unpack to, for each of its own. CLIP's vocabulary is packed to four tenths.</summary>
    public const int UnpackingFactor = 8;

    /// <summary>Bytes that any packed file may unpack to, beside those.</summary>
    public const long UnpackingBytes = 1 << 16;

    /// <summary>
    /// Opening a file allocates at most this many times the file's size, and <see cref="OpeningBytes"/>: most for a JSON file of nothing
    /// but empty lists, 41 times, and for a vocabulary of short words, 36 times. Of a packed file the bytes count that are unpacked.
    /// </summary>
    public const int OpeningFactor = 64;

    /// <summary>What opening a file may allocate whatever its size.</summary>
    public const long OpeningBytes = 1 << 20;
}
