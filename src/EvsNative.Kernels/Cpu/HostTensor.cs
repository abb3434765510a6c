namespace EvsNative.Kernels.Cpu;

/// <summary>Host addresses of tensors.</summary>
internal static unsafe class HostTensor
{
    /// <summary>The first element of a float32 tensor in host memory.</summary>
    public static float* Floats(this Tensor tensor) => tensor.Type == ElementType.Float32
        ? (float*)((HostBuffer)tensor.Buffer).Pointer + tensor.Offset
        : throw new NotSupportedException("the CPU backend keeps float32");

    /// <summary>The first element, or null where there is no tensor.</summary>
    public static float* Floats(this Tensor? tensor) => tensor is { } t ? t.Floats() : null;
}
