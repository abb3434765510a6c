using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Layers;

/// <summary>Says what a file is that was given in place of a safetensors file.</summary>
internal static class FileKind
{
    /// <summary>Bytes of the start of a file that <see cref="Describe"/> looks at.</summary>
    public const int StartBytes = 512;

    private const string Convert = "convert it to safetensors in Python, on a machine where you may run what the file holds: " +
        "d = torch.load(path, weights_only=True); safetensors.torch.save_file(d.get('state_dict', d), 'model.safetensors')";

    private const string Download = "download the file itself";

    private static ReadOnlySpan<byte> Gzip => [0x1F, 0x8B];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    /// <summary>What the file is and what to do, as the end of a sentence.</summary>
    public static string Describe(ReadOnlySpan<byte> start, long length)
    {
        if (length == 0) return "the file is empty: download it again";
        if (start.StartsWith("PK"u8)) return $"it is a zip archive, as torch.save writes checkpoints (.ckpt, .pt, .bin): {Convert}";
        if (start.Length > 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5) return $"it is a Python pickle, an old PyTorch checkpoint: {Convert}";
        if (start.StartsWith("GGUF"u8)) return "it is a GGUF file, made for llama.cpp and its kin: take the safetensors file of the same model";
        if (start[1..].StartsWith("NUMPY"u8)) return "it is a NumPy array: a safetensors file is needed";
        if (start.StartsWith(Gzip)) return "it is a gzip archive: unpack it first";
        if (start[1..].StartsWith("PNG"u8) || start.StartsWith(Jpeg)) return "it is a picture: a safetensors file is needed";
        if (start.Length > 8 && start[4..].StartsWith("ftyp"u8)) return "it is a video: a safetensors file is needed";
        if (start.StartsWith("version https://git-lfs"u8)) return $"it is a Git-LFS pointer, not the weights: run 'git lfs pull', or {Download}";
        if (!start.ContainsAnyExcept((byte)0)) return "it starts with nothing but zeros, an unfinished download: download it again";
        if (IsText(start)) return DescribeText(start);
        if (length < 10) return $"it has only {length} bytes: download it again";
        return $"its first 8 bytes would be a header length of {BinaryPrimitives.ReadUInt64LittleEndian(start)}: it is something else, or damaged";
    }

    private static string DescribeText(ReadOnlySpan<byte> start)
    {
        string text = Encoding.UTF8.GetString(start).TrimStart();
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
        {
            return $"it is an HTML page, perhaps a login or error page saved under this name: {Download}";
        }

        return text.StartsWith('{') ? "it is JSON text, not weights: give the .safetensors file" : "it is plain text: a safetensors file is needed";
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
