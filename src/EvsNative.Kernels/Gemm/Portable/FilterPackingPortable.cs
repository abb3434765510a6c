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

    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage)
    {
        var layout = new FilterLayoutPortable(shape);
        return new Filter(shape, storage, FilterLayoutPortable.Layout, Packed(layout, shape, weights, storage));
    }

    private GpuBuffer Packed(FilterLayoutPortable layout, FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage)
    {
        long bytes = layout.Count * storage.Bytes();
        if (weights.IsEmpty) return gpu.Allocate(bytes);
        fixed (float* from = weights)
        {
            float* source = from;
            int blocks = (shape.In + BlockChannels - 1) / BlockChannels;
            FilterUpload.Item pack = storage == WeightStorage.Float32
                ? (to, block) => PackBlock(shape, source, (float*)to, block, storage)
                : (to, block) => PackBlock(shape, source, (ushort*)to, block, storage);
            return FilterUpload.Run(gpu, bytes, blocks, layout.Columns != shape.Out, pack)!;
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
