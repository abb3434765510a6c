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
        (FileKind.TorchTar, 0, [.. "sys_info\0"u8]),
        (FileKind.TorchTar, 0, [.. "storages\0"u8]),
        (FileKind.Tar, 257, [.. "ustar"u8]),
        (FileKind.Gguf, 0, [.. "GGUF"u8]),
        (FileKind.Ggml, 0, [.. "lmgg"u8]),
        (FileKind.Ggml, 0, [.. "fmgg"u8]),
        (FileKind.Ggml, 0, [.. "tjgg"u8]),
        (FileKind.Ggml, 0, [.. "algg"u8]),
        (FileKind.TensorRt, 0, [.. "ftrt"u8]),
        (FileKind.TfLite, 4, [.. "TFL3"u8]),
        (FileKind.Hdf5, 1, [.. "HDF\r\n"u8]),
        (FileKind.Archive, 0, [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C]),
        (FileKind.Archive, 0, [.. "Rar!\u001a"u8]),
        (FileKind.Archive, 0, [0xFD, .. "7zXZ"u8, 0]),
        (FileKind.Archive, 0, [0x28, 0xB5, 0x2F, 0xFD]),
        (FileKind.Archive, 0, [.. "BZh"u8]),
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

        if (IsOnnx(start)) return FileKind.Onnx;
        if (IsMsgpack(start)) return FileKind.Msgpack;
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
        FileKind.Pickle => "a Python pickle that is not by torch.save",
        FileKind.TorchTar => "a PyTorch file in the layout of before 2018",
        FileKind.Tar => "a tar archive",
        FileKind.TensorRt => "a TensorRT engine, made for one GPU",
        FileKind.Onnx => "an ONNX network",
        FileKind.Hdf5 => "an HDF5 file, as Keras saves weights",
        FileKind.Msgpack => "a MessagePack file, as Flax saves weights",
        FileKind.TfLite => "a network for TensorFlow Lite",
        FileKind.Ggml => "a GGML file, made for llama.cpp and its kin",
        FileKind.Archive => "an archive (7z, RAR, xz, zstd or bzip2)",
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

    /// <summary>
    /// A message of Protocol Buffers that begins as those of ONNX do: field 1, a version, then the name of the producer or the graph.
    /// Source: onnx.proto, ModelProto.
    /// </summary>
    private static bool IsOnnx(ReadOnlySpan<byte> start)
    {
        const int longestName = 64;
        if (start.Length < 8 || start[0] != 0x08 || start[1] is 0 or > 32) return false;
        if (start[2] == 0x3A) return true;
        int length = start[3];
        return start[2] == 0x12 && length <= longestName && length <= start.Length - 4
            && !start.Slice(4, length).ContainsAnyExceptInRange((byte)' ', (byte)'~');
    }

    /// <summary>A map whose first key is a text. Source: the specification of MessagePack.</summary>
    private static bool IsMsgpack(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4) return false;
        int at = start[0] is > 0x80 and <= 0x8F ? 1 : start[0] == 0xDE ? 3 : start[0] == 0xDF ? 5 : start.Length;
        if (at >= start.Length) return false;
        bool isShort = start[at] is > 0xA0 and <= 0xBF;
        if (!isShort && (start[at] != 0xD9 || at + 1 >= start.Length)) return false;
        int length = isShort ? start[at] - 0xA0 : start[++at];
        return length > 0 && length <= start.Length - at - 1
            && !start.Slice(at + 1, length).ContainsAnyExceptInRange((byte)' ', (byte)'~');
    }

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
