namespace EvsNative.Kernels.Gpu;

/// <summary>Tensors as arguments of kernels.</summary>
internal static class GpuTensor
{
    /// <summary>The tensor as kernels see it.</summary>
    public static Operand Operand(this Tensor tensor) => new() { Memory = ((GpuBuffer)tensor.Buffer).View, Offset = tensor.Offset };

    /// <summary>The same; where there is no tensor, memory that is not read.</summary>
    public static Operand Operand(this Tensor? tensor, Tensor otherwise) => (tensor ?? otherwise).Operand();

    /// <summary>The packed weights as kernels see them, in elements of their storage.</summary>
    public static Operand Operand(this Filter filter) => new() { Memory = ((GpuBuffer)filter.Buffer).View };
}
