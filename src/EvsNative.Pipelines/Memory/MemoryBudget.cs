using EvsNative.Kernels;

namespace EvsNative.Pipelines.Memory;

/// <summary>What a run may take, and why no more.</summary>
/// <param name="HostBytes">of the process</param>
/// <param name="HostWords">what limits them, as in "are free"</param>
/// <param name="DeviceBytes">of the device; null where it is the processor</param>
/// <param name="DeviceWords">what limits them</param>
/// <param name="LargestBytes">of one buffer of the device</param>
/// <param name="MostHostBytes">of the process, if other programs give way</param>
internal sealed record MemoryBudget(
    long HostBytes, string HostWords, long? DeviceBytes, string DeviceWords, long LargestBytes, long MostHostBytes)
{
    private const string AreFree = "are free", IsAllowed = "--max-memory allows";

    /// <summary>Of a device as it is now. What an earlier run left there counts as free: this run has it among its own.</summary>
    /// <param name="device">where the run is to be</param>
    /// <param name="most">
    /// the most that was allowed, in bytes: of the device's memory if that is not the process's own, else of the process
    /// </param>
    public static MemoryBudget Of(Device device, long? most)
    {
        bool isOwn = device.Caps is not { IsProcessor: false };
        long host = HostMemory.FreeBytes;
        long? free = device.FreeBytes + device.HeldBytes;
        bool isHostAllowed = isOwn && most < host, isDeviceAllowed = !isOwn && most < (free ?? long.MaxValue);
        return new MemoryBudget(
            isHostAllowed ? most!.Value : host,
            isHostAllowed ? IsAllowed : AreFree,
            isDeviceAllowed ? most : free,
            isDeviceAllowed ? IsAllowed : AreFree,
            device.MaxAllocationBytes,
            Math.Min(HostMemory.AllBytes, isOwn ? most ?? long.MaxValue : long.MaxValue));
    }

    /// <summary>The same with all of the machine's memory, where other programs give way.</summary>
    public MemoryBudget Beyond() => HostWords == IsAllowed
        ? this
        : this with { HostBytes = MostHostBytes, HostWords = "are all that the process may use (the machine's, or a limit's)" };
}
