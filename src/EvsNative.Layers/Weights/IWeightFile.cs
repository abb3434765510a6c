using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>Named tensors somewhere: a safetensors file, a view of one or several, or a formula. Who opened a file closes it.</summary>
public interface IWeightFile
{
    /// <summary>Where the tensors come from, for error messages.</summary>
    string Origin { get; }

    /// <summary>The names that can be listed; empty for a source that makes tensors up on demand.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Numbers in all listed tensors: what a progress bar counts to. 0 for a source that makes tensors up.</summary>
    long Count { get; }

    /// <summary>The file that holds this tensor, where there are several.</summary>
    string OriginOf(string name) => Origin;

    /// <summary>
    /// Dimensions of a tensor, or null if there is none of this name. A source that makes tensors up answers with
    /// <paramref name="wanted"/>.
    /// </summary>
    IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted);

    /// <summary>
    /// How the source keeps a tensor's numbers; types with no counterpart, and tensors that are not there, count as float32.
    /// </summary>
    WeightStorage StorageOf(string name) => WeightStorage.Float32;

    /// <summary>
    /// Reads a whole tensor as float32, in the file's order. <paramref name="shape"/> is what <see cref="FindShape"/> answered; its product
    /// is the length of <paramref name="values"/>.
    /// </summary>
    void Read(string name, IReadOnlyList<long> shape, Span<float> values);

    /// <summary>
    /// The tensor of a file that stands behind a name, where its bytes can be had as they are stored; null where numbers are made up or
    /// changed on the way.
    /// </summary>
    StoredTensor? FindStored(string name) => null;

    /// <summary>
    /// Copies the tensor that <see cref="FindStored"/> tells: its elements in order, each little-endian, the same bits as in the file.
    /// </summary>
    /// <param name="name">its name</param>
    /// <param name="bytes">where to; as many as the tensor has</param>
    void ReadStored(string name, Span<byte> bytes) => throw new NotSupportedException($"stored bytes of {name}");
}
