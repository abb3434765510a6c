namespace EvsNative.Layers.Pickles;

/// <summary>
/// A class or a function that a pickle names. It is a word and nothing else: no code stands behind it, whatever is asked of it is answered
/// by <see cref="IPickleWords"/>.
/// </summary>
/// <param name="Module">Python's module: <c>torch._utils</c></param>
/// <param name="Name">the name in it: <c>_rebuild_tensor_v2</c></param>
internal sealed record PickleName(string Module, string Name)
{
    /// <summary>Both with a dot between them.</summary>
    public string Text => $"{Module}.{Name}";
}
