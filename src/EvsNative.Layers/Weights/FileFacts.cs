using System.Buffers.Binary;

namespace EvsNative.Layers;

/// <summary>What is known of a file that is not in the safetensors format.</summary>
/// <param name="Kind">what it is</param>
/// <param name="Length">its bytes</param>
/// <param name="HeaderLength">what its first eight bytes would mean in a safetensors file; 0 if it is shorter</param>
internal readonly record struct FileFacts(FileKind Kind, long Length, ulong HeaderLength)
{
    /// <summary>Bytes of the start of a file that <see cref="Of"/> looks at.</summary>
    public const int StartBytes = FileKinds.StartBytes;

    private const string Convert = "convert it to safetensors in Python, on a machine where you may run what the file holds";

    private const string Script =
        "d = torch.load(path, weights_only=True); safetensors.torch.save_file(d.get('state_dict', d), 'model.safetensors')";

    private const string Download = "download the file itself";

    /// <summary>Whether the file is whole and of another kind, or was spoiled on its way.</summary>
    public InputCode Code =>
        Kind is FileKind.Unknown or FileKind.Empty or FileKind.TooShort or FileKind.Zeros ? InputCode.Damaged : InputCode.WrongKind;

    /// <summary>What the file is and what to do, as the end of a sentence.</summary>
    public string Sentence => Kind switch
    {
        FileKind.Empty => "the file is empty: download it again",
        FileKind.TooShort => $"it has only {Length} bytes: download it again",
        FileKind.Zeros => "it starts with nothing but zeros, an unfinished download: download it again",
        FileKind.Zip => $"it is {Name}, as torch.save writes checkpoints (.ckpt, .pt, .bin): {Convert}",
        FileKind.Pickle => $"it is {Name}: {Convert}",
        FileKind.Gguf => $"it is {Name}: take the safetensors file of the same model",
        FileKind.Gzip => $"it is {Name}: unpack it first",
        FileKind.GitLfsPointer => $"it is {Name}, not the weights: run 'git lfs pull', or {Download}",
        FileKind.HtmlPage => $"it is {Name}, perhaps a login or error page saved under this name: {Download}",
        FileKind.Json => $"it is {Name}, not weights: give the .safetensors file",
        not FileKind.Unknown => $"it is {Name}: a safetensors file is needed",
        _ => $"its first 8 bytes would be a header length of {HeaderLength}: it is something else, or damaged",
    };

    /// <summary>Further lines: what to type, where that helps.</summary>
    public IReadOnlyList<string> Details => Kind is FileKind.Zip or FileKind.Pickle ? [Script] : [];

    private string Name => FileKinds.Name(Kind);

    /// <summary>Looks at the start of a file.</summary>
    public static FileFacts Of(ReadOnlySpan<byte> start, long length) =>
        new(FileKinds.Of(start, length), length, start.Length < sizeof(ulong) ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(start));
}
