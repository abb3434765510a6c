using System.Text;

namespace EvsNative.Layers;

/// <summary>Recognises files by their first bytes, whatever they are named: a table of signatures, then text.</summary>
internal static class FileKinds
{
    /// <summary>Bytes of the start of a file that are looked at.</summary>
    public const int StartBytes = 512;

    private const int FewestBytes = 10;

    /// <summary>Signatures, each with its place, the more exact first.</summary>
    private static readonly (FileKind Kind, int Place, byte[] Bytes)[] Signatures =
    [
        (FileKind.Zip, 0, [.. "PK"u8]),
        (FileKind.Gguf, 0, [.. "GGUF"u8]),
        (FileKind.NumPy, 1, [.. "NUMPY"u8]),
        (FileKind.Gzip, 0, [0x1F, 0x8B]),
        (FileKind.Png, 1, [.. "PNG"u8]),
        (FileKind.Jpeg, 0, [0xFF, 0xD8, 0xFF]),
        (FileKind.Gif, 0, [.. "GIF8"u8]),
        (FileKind.WebP, 8, [.. "WEBP"u8]),
        (FileKind.Picture, 0, [.. "II*"u8, 0]),
        (FileKind.Picture, 0, [.. "MM"u8, 0, (byte)'*']),
        (FileKind.Picture, 4, [.. "ftypavif"u8]),
        (FileKind.Picture, 4, [.. "ftyphei"u8]),
        (FileKind.Picture, 4, [.. "ftypmif1"u8]),
        (FileKind.Picture, 4, [.. "JXL "u8]),
        (FileKind.Picture, 0, [.. "8BPS"u8]),
        (FileKind.Picture, 0, [.. "qoif"u8]),
        (FileKind.Picture, 0, [0x76, 0x2F, 0x31, 0x01]),
        (FileKind.Video, 4, [.. "ftyp"u8]),
        (FileKind.Video, 8, [.. "AVI "u8]),
        (FileKind.Video, 0, [0x1A, 0x45, 0xDF, 0xA3]),
        (FileKind.GitLfsPointer, 0, [.. "version https://git-lfs"u8]),
    ];

    /// <summary>The kind of a file.</summary>
    /// <param name="start">its first bytes, at most <see cref="StartBytes"/></param>
    /// <param name="length">bytes of the whole file</param>
    public static FileKind Of(ReadOnlySpan<byte> start, long length)
    {
        if (length == 0) return FileKind.Empty;
        if (start.Length > 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5) return FileKind.Pickle;
        foreach (var (kind, place, bytes) in Signatures)
        {
            if (start.Length > place && start[place..].StartsWith(bytes)) return kind;
        }

        // A BMP names its own length, else many a text would be one.
        if (start.Length > 6 && start.StartsWith("BM"u8) && BitConverter.ToUInt32(start[2..]) == length) return FileKind.Picture;
        if (!start.ContainsAnyExcept((byte)0)) return FileKind.Zeros;
        if (IsText(start)) return OfText(Encoding.UTF8.GetString(start).TrimStart());
        return length < FewestBytes ? FileKind.TooShort : FileKind.Unknown;
    }

    /// <summary>What to call it, with its article.</summary>
    public static string Name(FileKind kind) => kind switch
    {
        FileKind.Empty => "an empty file",
        FileKind.TooShort => "a file of a few bytes",
        FileKind.Zeros => "a file that starts with nothing but zeros",
        FileKind.Zip => "a zip archive",
        FileKind.Pickle => "a Python pickle, an old PyTorch checkpoint",
        FileKind.Gguf => "a GGUF file, made for llama.cpp and its kin",
        FileKind.NumPy => "a NumPy array",
        FileKind.Gzip => "a gzip archive",
        FileKind.Png => "a PNG picture",
        FileKind.Jpeg => "a JPEG picture",
        FileKind.Gif => "a GIF",
        FileKind.WebP => "a WebP picture",
        FileKind.Picture => "a picture of another format",
        FileKind.Video => "a video",
        FileKind.GitLfsPointer => "a Git-LFS pointer",
        FileKind.HtmlPage => "an HTML page",
        FileKind.Json => "JSON text",
        FileKind.PlainText => "plain text",
        _ => "of no known format",
    };

    private static FileKind OfText(string text)
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
