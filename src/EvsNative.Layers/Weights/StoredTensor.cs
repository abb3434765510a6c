namespace EvsNative.Layers;

/// <summary>One tensor of a file of weights.</summary>
/// <param name="Name">its name</param>
/// <param name="Type">how its elements are stored</param>
/// <param name="Shape">its dimensions; none for a single number</param>
public record StoredTensor(string Name, StoredType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Elements in all.</summary>
    public long Count => Shape.Aggregate(1L, (product, length) => product * length);

    /// <summary>Bytes of all elements.</summary>
    public long Bytes => Count * Type.Bytes();
}
