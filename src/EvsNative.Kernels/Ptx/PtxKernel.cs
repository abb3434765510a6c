namespace EvsNative.Kernels.Ptx;

/// <summary>A kernel as PTX, ready for the driver.</summary>
/// <param name="Name">class and policies, for people</param>
/// <param name="Entry">the symbol to load; made from the name, the same in every process</param>
/// <param name="Text">the module</param>
/// <param name="Threads">threads of a group; the text says so too</param>
/// <param name="Target">what the text is for: no older than its instructions need</param>
internal sealed record PtxKernel(string Name, string Entry, string Text, int Threads, PtxTarget Target);
