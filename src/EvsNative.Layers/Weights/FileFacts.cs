using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Layers;

/// <summary>What is known of a file that is not in the safetensors format.</summary>
/// <param name="Kind">what it is</param>
/// <param name="Length">its bytes</param>
/// <param name="HeaderLength">what its first eight bytes would mean in a safetensors file; 0 if it is shorter</param>
internal readonly record struct FileFacts(FileKind Kind, long Length, ulong HeaderLength)
{
    /// <summary>Bytes of the start of a file that <see cref="Of"/> looks at.</summary>
    public const int StartBytes = 512;

    private const int FewestBytes = 10;

    private const string Convert = "convert it to safetensors in Python, on a machine where you may run what the file holds: " +
        "d = torch.load(path, weights_only=True); safetensors.torch.save_file(d.get('state_dict', d), 'model.safetensors')";

    private const string Download = "download the file itself";

    private static ReadOnlySpan<byte> GzipStart => [0x1F, 0x8B];

    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    /// <summary>Whether the file is whole and of another kind, or was spoiled on its way.</summary>
    public InputCode Code =>
        Kind is FileKind.Unknown or FileKind.Empty or FileKind.TooShort or FileKind.Zeros ? InputCode.Damaged : InputCode.WrongKind;

    /// <summary>What the file is and what to do, as the end of a sentence.</summary>
    public string Sentence => Kind switch
    {
        FileKind.Empty => "the file is empty: download it again",
        FileKind.TooShort => $"it has only {Length} bytes: download it again",
        FileKind.Zeros => "it starts with nothing but zeros, an unfinished download: download it again",
        FileKind.Zip => $"it is a zip archive, as torch.save writes checkpoints (.ckpt, .pt, .bin): {Convert}",
        FileKind.Pickle => $"it is a Python pickle, an old PyTorch checkpoint: {Convert}",
        FileKind.Gguf => "it is a GGUF file, made for llama.cpp and its kin: take the safetensors file of the same model",
        FileKind.NumPy => "it is a NumPy array: a safetensors file is needed",
        FileKind.Gzip => "it is a gzip archive: unpack it first",
        FileKind.Picture => "it is a picture: a safetensors file is needed",
        FileKind.Video => "it is a video: a safetensors file is needed",
        FileKind.GitLfsPointer => $"it is a Git-LFS pointer, not the weights: run 'git lfs pull', or {Download}",
        FileKind.HtmlPage => $"it is an HTML page, perhaps a login or error page saved under this name: {Download}",
        FileKind.Json => "it is JSON text, not weights: give the .safetensors file",
        FileKind.PlainText => "it is plain text: a safetensors file is needed",
        _ => $"its first 8 bytes would be a header length of {HeaderLength}: it is something else, or damaged",
    };

    /// <summary>Looks at the start of a file.</summary>
    public static FileFacts Of(ReadOnlySpan<byte> start, long length) =>
        new(KindOf(start, length), length, start.Length < sizeof(ulong) ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(start));

    private static FileKind KindOf(ReadOnlySpan<byte> start, long length)
    {
        if (length == 0) return FileKind.Empty;
        if (start.StartsWith("PK"u8)) return FileKind.Zip;
        if (start.Length > 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5) return FileKind.Pickle;
        if (start.StartsWith("GGUF"u8)) return FileKind.Gguf;
        if (start[1..].StartsWith("NUMPY"u8)) return FileKind.NumPy;
        if (start.StartsWith(GzipStart)) return FileKind.Gzip;
        if (start[1..].StartsWith("PNG"u8) || start.StartsWith(JpegStart)) return FileKind.Picture;
        if (start.Length > 8 && start[4..].StartsWith("ftyp"u8)) return FileKind.Video;
        if (start.StartsWith("version https://git-lfs"u8)) return FileKind.GitLfsPointer;
        if (!start.ContainsAnyExcept((byte)0)) return FileKind.Zeros;
        if (IsText(start)) return KindOfText(Encoding.UTF8.GetString(start).TrimStart());
        return length < FewestBytes ? FileKind.TooShort : FileKind.Unknown;
    }

    private static FileKind KindOfText(string text)
    {
        bool Starts(string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
        if (Starts("<!doctype html") || Starts("<html")) return FileKind.HtmlPage;
        return Starts("{") ? FileKind.Json : FileKind.PlainText;
    }

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (byte b in start)
        {
            if (b is < 0x20 and not (9 or 10 or 13) or 0x7F) return false;
        }

        // A character may be cut at the end of what was read.
        string text = Encoding.UTF8.GetString(start);
        return text.IndexOf('\uFFFD') is var bad && (bad < 0 || bad >= text.Length - 3);
    }
}
