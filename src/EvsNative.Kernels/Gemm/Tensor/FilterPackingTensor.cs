using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// Brings weights into the rows of <see cref="FilterLayoutTensor"/> on the host and uploads them at once: an item is a column. They are
/// kept as binary16 or float32. Those that a file stores as bfloat16 become binary16, if none of them is too large: normal numbers of
/// binary16 exactly, smaller ones within 2^-25. What an enlarging filter has for phases is summed in float32 from the values given and
/// rounded once. Weights without values, as on dry runs, take their memory and nothing else.
/// </summary>
/// <param name="gpu">where the weights will be</param>
/// <param name="others">packs what is too large</param>
internal sealed unsafe class FilterPackingTensor(GpuRuntime gpu, IFilterPacking others) : IFilterPacking
{
    /// <summary>Channels of the input are a multiple of this: 16 bytes.</summary>
    public const int Channels = 8;

    /// <summary>Fewer columns would leave most of a tile empty.</summary>
    private const int LeastColumns = 16;

    // Numbers that are narrowed at a time: 64 channels of a 3x3 filter.
    private const int RoomNumbers = 576;

    /// <summary>True if tensor kernels read a filter: by its shape and by what the device can do alone.</summary>
    public static bool Suits(FilterShape shape, WeightStorage storage, GpuCaps caps) =>
        shape.In % Channels == 0 && shape.Out >= LeastColumns && caps.TensorCores switch
        {
            TensorGeneration.Ampere => true,
            TensorGeneration.Turing => storage != WeightStorage.Float32,
            _ => false,
        };

    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage)
    {
        var kept = storage == WeightStorage.BFloat16 ? WeightStorage.Float16 : storage;
        bool mustFit = storage == WeightStorage.BFloat16 || (shape.IsEnlarging && kept == WeightStorage.Float16);
        return Packed(shape, weights, kept, mustFit) is { } buffer
            ? new Filter(shape, kept, FilterLayoutTensor.Layout, buffer)
            : others.Pack(shape, weights, storage);
    }

    private GpuBuffer? Packed(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage kept, bool mustFit)
    {
        var layout = new FilterLayoutTensor(shape);
        long bytes = layout.Count * kept.Bytes();
        if (weights.IsEmpty) return gpu.Allocate(bytes);
        bool isTooLarge = false;
        fixed (float* from = weights)
        {
            float* source = from;
            FilterUpload.Item pack = kept == WeightStorage.Float32
                ? (to, output) =>
                {
                    PackWhole(layout, shape, source, (float*)to, output);
                    if (shape.IsEnlarging) FilterPhases.Pack(layout, shape, source, (float*)to, output);
                }
            : (to, output) =>
            {
                float* row = source + ((long)output * shape.Depth);
                bool isPacked = !mustFit || Narrowing.FitHalf(row, shape.Depth);
                if (isPacked) PackHalves(shape, row, (ushort*)to + ((long)layout.Column(output) * shape.Depth));
                if (isPacked && shape.IsEnlarging) isPacked = FilterPhases.Pack(layout, shape, source, (ushort*)to, output);
                if (!isPacked) Volatile.Write(ref isTooLarge, true);
            };
            return FilterUpload.Run(gpu, bytes, shape.Out, layout.Columns != shape.Out, pack, () => !Volatile.Read(ref isTooLarge));
        }
    }

    private static void PackWhole(FilterLayoutTensor layout, FilterShape shape, float* weights, float* packed, int output)
    {
        float* from = weights + ((long)output * shape.Depth), to = packed + ((long)layout.Column(output) * shape.Depth);
        if (shape.Kernel == 1) new ReadOnlySpan<float>(from, shape.Depth).CopyTo(new Span<float>(to, shape.Depth));
        else Turn(from, to, shape.In, shape.In, shape.Kernel * shape.Kernel);
    }

    private static void PackHalves(FilterShape shape, float* from, ushort* to)
    {
        if (shape.Kernel == 1)
        {
            Narrowing.Round(from, to, shape.Depth, WeightStorage.Float16);
            return;
        }

        int taps = shape.Kernel * shape.Kernel, step = RoomNumbers / taps;
        ushort* room = stackalloc ushort[RoomNumbers];
        for (int c = 0; c < shape.In; c += step)
        {
            int channels = Math.Min(step, shape.In - c);
            Narrowing.Round(from + (c * taps), room, channels * taps, WeightStorage.Float16);
            Turn(room, to + c, channels, shape.In, taps);
        }
    }

    /// <summary>[channels][taps] to [taps][channels], rows of the result this far apart.</summary>
    private static void Turn<TStored>(TStored* from, TStored* to, int channels, int stride, int taps) where TStored : unmanaged
    {
        for (int tap = 0; tap < taps; tap++)
            for (int c = 0; c < channels; c++) to[(tap * stride) + c] = from[(c * taps) + tap];
    }
}
