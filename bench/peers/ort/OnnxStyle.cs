namespace EvsNative.Peers;

/// <summary>Choices that change no number and may change the time.</summary>
/// <param name="Name">as the bench prints it</param>
/// <param name="IsBlocked">
/// convolutions in MLAS' blocked channels (ONNX Runtime's highest level of optimisation), else as im2col and product
/// </param>
/// <param name="FusedFrom">attention of so many heads and more by MultiHeadAttention, ONNX Runtime's own, else as two products</param>
/// <param name="HasSplitGate">value and gate of a GEGLU as two products, else as one that is split</param>
/// <param name="HasInstanceNorm">group norm by InstanceNormalization, else by LayerNormalization</param>
internal sealed record OnnxStyle(
    string Name, bool IsBlocked = true, int FusedFrom = 1, bool HasSplitGate = true, bool HasInstanceNorm = false);
