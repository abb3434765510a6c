namespace EvsNative.Kernels.Cuda;

/// <summary>What the driver made of a kernel.</summary>
/// <param name="Name">the class and the policies that it was made with</param>
/// <param name="Threads">threads of a group</param>
/// <param name="Registers">of a thread</param>
/// <param name="LocalBytes">of a thread: spilled registers and arrays that found no registers; should be 0</param>
/// <param name="SharedBytes">of a group, dynamic ones included</param>
/// <param name="IsFromCache">true if its machine code was found on disk</param>
/// <param name="Milliseconds">of compiling and loading</param>
internal sealed record CudaKernelFacts(string Name, int Threads, int Registers, int LocalBytes, int SharedBytes, bool IsFromCache,
    double Milliseconds);
