using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// A view of a file in which some tensors stand one behind the other under one name, along their first dimension: q, k and v that
/// another program keeps apart. They are not known by their own names any more.
/// </summary>
/// <param name="file">what is read; it stays its owner's</param>
/// <param name="stacks">new names, each with the stored names of its parts, in order; all parts are in the file</param>
public sealed class StackedWeights(IWeightFile file, IReadOnlyDictionary<string, IReadOnlyList<string>> stacks) : IWeightFile
{
    private readonly HashSet<string> _parts = [.. stacks.Values.SelectMany(parts => parts)];

    /// <inheritdoc/>
    public string Origin => file.Origin;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => [.. file.Names.Where(name => !_parts.Contains(name)), .. stacks.Keys];

    /// <inheritdoc/>
    public long Count => file.Count;

    /// <inheritdoc/>
    public string OriginOf(string name) => file.OriginOf(stacks.TryGetValue(name, out var parts) ? parts[0] : name);

    /// <summary>As the file answers; parts that differ beyond their first dimension are no stack, which is not there then.</summary>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted)
    {
        if (!stacks.TryGetValue(name, out var parts)) return _parts.Contains(name) ? null : file.FindShape(name, wanted);
        var shapes = parts.Select(part => file.FindShape(part, [])!).ToList();
        bool isStack = shapes.TrueForAll(shape => shape.Count > 0 && shape.Skip(1).SequenceEqual(shapes[0].Skip(1)));
        return isStack ? [shapes.Sum(shape => shape[0]), .. shapes[0].Skip(1)] : null;
    }

    /// <inheritdoc/>
    public WeightStorage StorageOf(string name)
    {
        if (!stacks.TryGetValue(name, out var parts)) return file.StorageOf(name);
        var first = file.StorageOf(parts[0]);
        return parts.All(part => file.StorageOf(part) == first) ? first : WeightStorage.Float32;
    }

    /// <inheritdoc/>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        if (!stacks.TryGetValue(name, out var parts))
        {
            file.Read(name, shape, values);
            return;
        }

        int at = 0;
        foreach (string part in parts)
        {
            var own = file.FindShape(part, [])!;
            int count = (int)own.Aggregate(1L, (product, length) => product * length);
            file.Read(part, own, values.Slice(at, count));
            at += count;
        }
    }

    /// <inheritdoc/>
    public StoredTensor? FindStored(string name) => stacks.ContainsKey(name) ? null : file.FindStored(name);

    /// <inheritdoc/>
    public void ReadStored(string name, Span<byte> bytes) => file.ReadStored(name, bytes);
}
