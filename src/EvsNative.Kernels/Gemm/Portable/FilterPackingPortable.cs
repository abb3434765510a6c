using System.Runtime.ExceptionServices;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// Brings weights into the rows of <see cref="FilterLayoutPortable"/> on the host and uploads them at once. An item is a block of input
/// channels: as many as make whole cache lines of the checkpoint's order. Weights without values, as on dry runs, take their memory and
/// nothing else.
/// </summary>
internal sealed unsafe class FilterPackingPortable(GpuRuntime gpu) : IFilterPacking
{
    private const int BlockChannels = 16;
    private const int MostTaps = 9;
    private const int UploadBytes = 1 << 30;

    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage)
    {
        var layout = new FilterLayoutPortable(shape);
        long bytes = layout.Count * storage.Bytes();
        var buffer = gpu.Allocate(bytes);
        if (weights.IsEmpty) return new Filter(shape, storage, FilterLayoutPortable.Layout, buffer);
        using var packed = new HostBuffer(bytes);
        if (layout.Columns != shape.Out)
            for (long at = 0; at < bytes; at += UploadBytes)
                new Span<byte>(packed.Pointer + at, (int)Math.Min(UploadBytes, bytes - at)).Clear();
        fixed (float* from = weights)
        {
            float* source = from;
            int blocks = (shape.In + BlockChannels - 1) / BlockChannels;
            if (storage == WeightStorage.Float32) Each(blocks, block => PackBlock(shape, source, (float*)packed.Pointer, block, storage));
            else Each(blocks, block => PackBlock(shape, source, (ushort*)packed.Pointer, block, storage));
        }

        for (long at = 0; at < bytes; at += UploadBytes)
            gpu.Write(buffer, at, new ReadOnlySpan<byte>(packed.Pointer + at, (int)Math.Min(UploadBytes, bytes - at)));
        return new Filter(shape, storage, FilterLayoutPortable.Layout, buffer);
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

    private static void PackBlock<TStored>(FilterShape shape, float* weights, TStored* packed, int block, WeightStorage storage)
        where TStored : unmanaged
    {
        var layout = new FilterLayoutPortable(shape);
        int taps = shape.Kernel * shape.Kernel, first = block * BlockChannels, channels = Math.Min(BlockChannels, shape.In - first);
        long columns = layout.Columns;
        ushort* room = stackalloc ushort[BlockChannels * MostTaps];
        for (int output = 0; output < shape.Out; output++)
        {
            float* row = weights + ((long)output * shape.Depth) + ((long)first * taps);
            var stored = (TStored*)row;
            if (storage != WeightStorage.Float32)
            {
                Narrowing.Round(row, room, channels * taps, storage);
                stored = (TStored*)room;
            }

            var to = packed + (first * columns) + layout.Column(output);
            for (int tap = 0; tap < taps; tap++)
                for (int c = 0; c < channels; c++) to[((((long)tap * shape.In) + c) * columns)] = stored[(c * taps) + tap];
        }
    }
}
