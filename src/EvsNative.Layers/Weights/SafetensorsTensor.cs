namespace EvsNative.Layers;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">its name</param>
/// <param name="Type">how its elements are stored</param>
/// <param name="Shape">its dimensions; none for a single number</param>
/// <param name="Begin">first byte, counted from the end of the header</param>
/// <param name="End">the byte after its last</param>
public sealed record SafetensorsTensor(string Name, StoredType Type, IReadOnlyList<long> Shape, long Begin, long End)
    : StoredTensor(Name, Type, Shape);
