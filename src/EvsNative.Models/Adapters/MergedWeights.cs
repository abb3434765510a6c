using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Adapters;

/// <summary>
/// A network's weights with adapters merged in, tensor by tensor as they are read: in float32, in the order of the adapters, and rounded
/// once, when the network packs them as the file stores them. Beside the tensor that is read only its own factors are in memory.
/// </summary>
/// <param name="file">the weights without adapters</param>
/// <param name="changes">what is added to each tensor</param>
/// <param name="update">multiplies; it is its owner's, and other networks' too</param>
internal sealed class MergedWeights(IWeightFile file, IReadOnlyDictionary<string, List<WeightChange>> changes, RankUpdate update)
    : IWeightFile
{
    /// <inheritdoc/>
    public string Origin => file.Origin;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => file.Names;

    /// <inheritdoc/>
    public long Count => file.Count;

    /// <inheritdoc/>
    public string OriginOf(string name) => changes.ContainsKey(name) ? $"{file.OriginOf(name)} with its LoRA" : file.OriginOf(name);

    /// <inheritdoc/>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => file.FindShape(name, wanted);

    /// <inheritdoc/>
    public WeightStorage StorageOf(string name) => file.StorageOf(name);

    /// <inheritdoc/>
    public StoredTensor? FindStored(string name) => changes.ContainsKey(name) ? null : file.FindStored(name);

    /// <inheritdoc/>
    public void ReadStored(string name, Span<byte> bytes) => file.ReadStored(name, bytes);

    /// <inheritdoc/>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        file.Read(name, shape, values);
        if (!changes.TryGetValue(name, out var own)) return;
        lock (update)
        {
            for (int i = 0; i < own.Count;)
            {
                LowRankChange[] products = [.. own.Skip(i).TakeWhile(change => change is LowRankChange).Cast<LowRankChange>()];
                if (products.Length > 0) LowRankChange.AddTo(values, products, update);
                else own[i].AddTo(values, update);
                i += Math.Max(1, products.Length);
            }
        }
    }
}
