namespace EvsNative.Kernels.Cpu;

internal sealed class CpuFilters
{
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights) => throw new NotSupportedException();
}
