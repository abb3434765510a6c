namespace EvsNative.Kernels.Cpu;

/// <summary>
/// Host addresses of tensors and buffers. On dry runs they are null: whoever reads them is a worker, and dry workers do nothing.
/// </summary>
internal static unsafe class HostTensor
{
    /// <summary>The first byte.</summary>
    public static byte* Pointer(this DeviceBuffer buffer) => buffer is NullBuffer ? null : ((HostBuffer)buffer).Pointer;

    /// <summary>The first element of a float32 tensor in host memory.</summary>
    public static float* Floats(this Tensor tensor)
    {
        byte* memory = tensor.Buffer.Pointer();
        if (memory == null) return null;
        if (tensor.Type != ElementType.Float32) throw new NotSupportedException("the CPU backend keeps float32");
        return (float*)memory + tensor.Offset;
    }

    /// <summary>The first element, or null where there is no tensor.</summary>
    public static float* Floats(this Tensor? tensor) => tensor is { } t ? t.Floats() : null;
}
