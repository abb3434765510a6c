namespace EvsNative.Pipelines.Memory;

/// <summary>
/// Keeps garbage few. The runtime lets as much of it lie as the processor's last cache holds, a hundred megabytes on servers, so a process
/// that goes on for hours would slowly come to take more than a short one. A collection of what was just thrown away takes a millisecond.
/// </summary>
internal sealed class GarbageLimit
{
    private const long MostBytes = 4 << 20;

    private long _allocated = GC.GetTotalAllocatedBytes();

    /// <summary>To be called now and then; collects if much was thrown away since.</summary>
    public void Hold()
    {
        long allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _allocated < MostBytes) return;
        _allocated = allocated;
        GC.Collect(0);
    }
}
