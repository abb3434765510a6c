using System.Buffers.Binary;

namespace EvsNative.Layers;

/// <summary>What is known of a file that is no file of weights, or in none of the formats that are read.</summary>
/// <param name="Kind">what it is</param>
/// <param name="Length">its bytes</param>
/// <param name="HeaderLength">what its first eight bytes would mean in a safetensors file; 0 if it is shorter</param>
internal readonly record struct FileFacts(FileKind Kind, long Length, ulong HeaderLength)
{
    /// <summary>Bytes of the start of a file that <see cref="Of"/> looks at.</summary>
    public const int StartBytes = FileKinds.StartBytes;

    private const string Convert = "convert it to safetensors in Python, on a machine where you may run what the file holds";

    private const string Script = "safetensors.torch.save_file(torch.load(path), 'model.safetensors')";

    private const string Other = "take the safetensors file of the same model";

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
        FileKind.Pickle or FileKind.TorchTar => $"it is {Name}: {Convert}",
        FileKind.TensorRt or FileKind.Onnx or FileKind.Hdf5 or FileKind.Msgpack or FileKind.TfLite or FileKind.Gguf or FileKind.Ggml =>
            $"it is {Name}: {Other}",
        FileKind.Gzip or FileKind.Tar or FileKind.Archive => $"it is {Name}: unpack it first",
        FileKind.GitLfsPointer => $"it is {Name}, not the weights: run 'git lfs pull', or {Download}",
        FileKind.HtmlPage => $"it is {Name}, perhaps a login or error page saved under this name: {Download}",
        FileKind.Json => $"it is {Name}, not weights: give the file of weights",
        not FileKind.Unknown => $"it is {Name}: a file of weights is needed (.safetensors, .ckpt, .pt, .bin)",
        _ => $"its first 8 bytes would be a header length of {HeaderLength}: it is something else, or damaged",
    };

    /// <summary>Further lines: what to type, where that helps.</summary>
    public IReadOnlyList<string> Details => Kind is FileKind.Pickle or FileKind.TorchTar ? [Script] : [];

    private string Name => FileKinds.Name(Kind);

    /// <summary>Looks at the start of a file.</summary>
    public static FileFacts Of(ReadOnlySpan<byte> start, long length) =>
        new(FileKinds.Of(start, length), length, start.Length < sizeof(ulong) ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(start));
}
