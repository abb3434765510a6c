namespace EvsNative.Kernels;

/// <summary>A size without memory, for dry runs.</summary>
internal sealed class NullBuffer(long bytes) : DeviceBuffer(bytes)
{
    protected override void Release() { }
}
