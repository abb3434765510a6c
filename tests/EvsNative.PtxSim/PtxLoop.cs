namespace EvsNative.PtxSim;

/// <summary>A loop of a kernel: its instructions in the order of the text, and whether it holds no other loop.</summary>
public sealed record PtxLoop(IReadOnlyList<PtxInstruction> Instructions, bool IsInnermost);
