using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// A file of named tensors, of any format that is read here. Its list of tensors is checked when it is opened; numbers are read when they
/// are asked for, from the place where they lie. May be read from several threads.
/// </summary>
public abstract class TensorFile : IWeightFile, IDisposable
{
    private protected TensorFile(string origin) => Origin = origin;

    /// <summary>The path, as it was given.</summary>
    public string Origin { get; }

    /// <summary>What the format is called: "safetensors".</summary>
    public abstract string Format { get; }

    /// <summary>What the writer said about the file; empty where the format has no place for it.</summary>
    public abstract IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name.</summary>
    public abstract IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Entries that are no tensors and are not read, such as counters of a training; names only.</summary>
    public virtual IReadOnlyList<string> Others => [];

    /// <inheritdoc/>
    public virtual IReadOnlyCollection<string> Names => (IReadOnlyCollection<string>)Tensors.Keys;

    /// <inheritdoc/>
    public long Count => Tensors.Values.Sum(tensor => tensor.Count);

    /// <summary>Opens a file of any format that is read, by its first bytes.</summary>
    /// <exception cref="InputException">it is not there, damaged, or of another kind, which is named</exception>
    public static TensorFile Open(string path)
    {
        var file = FileBytes.Open(path);
        try
        {
            return TorchFile.TryOpen(file, file.Start(FileFacts.StartBytes)) ?? (TensorFile)SafetensorsFile.Open(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => Tensors.GetValueOrDefault(name)?.Shape;

    /// <inheritdoc/>
    public WeightStorage StorageOf(string name) => Tensors.GetValueOrDefault(name)?.Type switch
    {
        StoredType.F16 or StoredType.F8E4M3 or StoredType.F8E5M2 => WeightStorage.Float16,
        StoredType.BF16 => WeightStorage.BFloat16,
        _ => WeightStorage.Float32,
    };

    /// <inheritdoc/>
    /// <summary>
    /// Reads floating-point numbers of any type, FP8 among them, and single integers, such as the alpha of a LoRA. Integers in numbers are
    /// positions, or what is left of a quantised network, whose scales would be missing.
    /// </summary>
    /// <exception cref="InputException">numbers of a type that weights never have, or an unknown name</exception>
    public abstract void Read(string name, IReadOnlyList<long> shape, Span<float> values);

    /// <inheritdoc/>
    public StoredTensor? FindStored(string name) => Tensors.GetValueOrDefault(name);

    /// <inheritdoc/>
    /// <exception cref="InputException">an unknown name, or the file is damaged</exception>
    public abstract void ReadStored(string name, Span<byte> bytes);

    /// <summary>The values of a tensor.</summary>
    /// <exception cref="InputException">as for <see cref="Read"/>, or too many for an array</exception>
    public float[] Values(string name)
    {
        var tensor = Find(name);
        if (tensor.Count > InputLimits.WeightElements)
        {
            throw new InputException(
                InputCode.TooLarge, $"{Origin}: tensor {InputText.Quote(name)} of {tensor.Count} numbers does not fit an array");
        }

        float[] values = new float[tensor.Count];
        Read(name, tensor.Shape, values);
        return values;
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The tensor of this name, whose numbers can be read as weights.</summary>
    /// <exception cref="InputException">there is none, or they cannot</exception>
    private protected StoredTensor FindReadable(string name, int room)
    {
        var tensor = Find(name);
        bool isSingle = tensor.Count <= 1, isReadable = isSingle || FloatReader.IsFloat(tensor.Type);
        if (!isReadable)
        {
            throw new InputException(
                InputCode.Unsupported,
                $"{Origin}: tensor {InputText.Quote(name)} is stored as {tensor.Type.Word()}: weights must be F32, F16, BF16, F64 or FP8");
        }

        if (IsScaled(tensor))
        {
            throw new InputException(
                InputCode.Unsupported,
                $"{Origin}: tensor {InputText.Quote(name)} is FP8 with a scale beside it (scaled_fp8): take the same model in F16");
        }

        return tensor.Count == room ? tensor : throw new ArgumentException($"read: {name} has {tensor.Count} numbers, the span {room}");
    }

    /// <summary>The tensor of this name, whose bytes have this room.</summary>
    /// <exception cref="InputException">there is none</exception>
    private protected StoredTensor FindStored(string name, int room)
    {
        var tensor = Find(name);
        return tensor.Bytes == room ? tensor : throw new ArgumentException($"read: {name} has {tensor.Bytes} bytes, the span {room}");
    }

    /// <summary>Whether 8-bit numbers have to be multiplied with another tensor, as ComfyUI's scaled_fp8 keeps them.</summary>
    private bool IsScaled(StoredTensor tensor)
    {
        if (tensor.Type is not (StoredType.F8E4M3 or StoredType.F8E5M2)) return false;
        string stem = tensor.Name[..(tensor.Name.LastIndexOf('.') + 1)];
        return Tensors.ContainsKey($"{stem}scale_weight") || Tensors.ContainsKey($"{stem}weight_scale");
    }

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="InputException">there is none</exception>
    protected StoredTensor Find(string name) => Tensors.GetValueOrDefault(name)
        ?? throw new InputException(InputCode.Incomplete, $"{Origin}: there is no tensor {InputText.Quote(name)}");
}
