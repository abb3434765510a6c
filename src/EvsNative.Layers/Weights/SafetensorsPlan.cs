namespace EvsNative.Layers;

/// <summary>A tensor that is going to be written.</summary>
/// <param name="Name">its name</param>
/// <param name="Shape">its dimensions</param>
/// <param name="Type">any type of the format; numbers can be given for F32, F16 and BF16, stored bytes for all</param>
public sealed record SafetensorsPlan(string Name, IReadOnlyList<long> Shape, StoredType Type = StoredType.F32)
{
    /// <summary>Elements in all.</summary>
    public long Count => Shape.Aggregate(1L, (product, length) => checked(product * length));

    /// <summary>Bytes of all elements.</summary>
    public long Bytes => checked(Count * Type.Bytes());
}
