namespace EvsNative.Layers;

/// <summary>One tensor of a PyTorch file.</summary>
/// <param name="Name">its name, with those of the dictionaries around it</param>
/// <param name="View">how it looks at its storage</param>
internal sealed record ViewedTensor(string Name, TorchView View) : StoredTensor(Name, View.Type, View.Shape);
