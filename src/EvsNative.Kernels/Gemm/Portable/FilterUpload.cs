using System.Runtime.ExceptionServices;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Weights that are packed on the host, on all processors, and uploaded at once.</summary>
internal static unsafe class FilterUpload
{
    private const int StepBytes = 1 << 30;

    /// <summary>Packs an item, such as a block of channels, into its places of the whole.</summary>
    public delegate void Item(byte* packed, int item);

    /// <summary>Memory with all items in it, or null if packing found that they cannot be packed so.</summary>
    /// <param name="gpu">where the memory is</param>
    /// <param name="bytes">of the whole</param>
    /// <param name="items">how many</param>
    /// <param name="hasGaps">there are places that no item writes; they become zero</param>
    /// <param name="pack">called for each item, from any thread</param>
    /// <param name="isPacked">asked at the end</param>
    public static GpuBuffer? Run(GpuRuntime gpu, long bytes, int items, bool hasGaps, Item pack, Func<bool>? isPacked = null)
    {
        using var packed = new HostBuffer(bytes);
        if (hasGaps)
            for (long at = 0; at < bytes; at += StepBytes) Part(packed, at).Clear();
        Each(items, item => pack(packed.Pointer, item));
        if (isPacked?.Invoke() == false) return null;
        var buffer = gpu.Allocate(bytes);
        for (long at = 0; at < bytes; at += StepBytes) gpu.Write(buffer, at, Part(packed, at));
        return buffer;
    }

    /// <summary>On all processors. What one of them throws is thrown as it is: no memory is not an error of many threads.</summary>
    internal static void Each(int count, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private static Span<byte> Part(HostBuffer packed, long at) => new(packed.Pointer + at, (int)Math.Min(StepBytes, packed.Bytes - at));
}
