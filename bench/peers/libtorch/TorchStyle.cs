namespace EvsNative.Peers;

/// <summary>How weights of a layer are kept.</summary>
internal enum Packing
{
    /// <summary>As PyTorch has them: the library orders them anew in each call, if it wants to.</summary>
    None,

    /// <summary>Once in oneDNN's own order.</summary>
    OneDnn,

    /// <summary>Once in MKL's own order; linear layers only.</summary>
    Mkl,
}

/// <summary>Choices that change no number and may change the time: those that PyTorch's own compiler makes for inference.</summary>
/// <param name="Name">as the bench prints it</param>
/// <param name="IsLast">pictures have their channels last</param>
/// <param name="Convs">weights of convolutions</param>
/// <param name="Linears">weights of linear layers</param>
/// <param name="HasSplitGate">value and gate of a GEGLU as two products</param>
internal sealed record TorchStyle(
    string Name, bool IsLast = true, Packing Convs = Packing.None, Packing Linears = Packing.None, bool HasSplitGate = false);
