using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// Packs weights into the panels of <see cref="PanelLayout"/>, a panel an item. Weights that a file stores in 16 bits are kept in 16 bits,
/// exactly: half the memory; what widening costs is measured in docs/ARCHITECTURE.md, decision 14.
/// </summary>
internal sealed unsafe class FilterPacking<TSimd, TVector>(CpuWorkers workers) : IFilterPacking, IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>
    /// Input channels at a time: what is written of a panel for a tap lies in the first cache then, what is read for all taps in the
    /// second.
    /// </summary>
    private const int Channels = 64;

    private readonly WorkerBuffers _blocks = new(workers);

    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage)
    {
        var layout = PanelLayout.Of<TSimd, TVector>(shape);
        var buffer = workers.Allocate(layout.Count * storage.Bytes());
        int block = Math.Min(Channels, shape.In) * shape.Kernel * shape.Kernel;
        _blocks.Ensure((long)layout.Columns * block * storage.Bytes());
        fixed (float* w = weights)
        {
            var job = new Job
            {
                Layout = layout,
                Storage = storage,
                Weights = w,
                Packed = buffer.Pointer(),
                Block = block,
                Blocks = _blocks.First,
                BlocksStride = _blocks.Stride,
            };
            if (storage == WeightStorage.Float32) workers.Run(ref job, layout.Panels, &PackPanel<float>);
            else workers.Run(ref job, layout.Panels, &PackPanel<ushort>);
        }

        return new Filter(shape, storage, PanelLayout.Layout<TSimd, TVector>(), buffer);
    }

    public void Dispose() => _blocks.Dispose();

    private static void PackPanel<TStored>(Job* job, int panel, int worker) where TStored : unmanaged
    {
        var shape = job->Layout.Shape;
        int taps = shape.Kernel * shape.Kernel, columns = job->Layout.Vectors(panel) * TSimd.Count;
        var y = (TStored*)job->Packed + job->Layout.Start(panel);
        var room = (TStored*)(job->Blocks + (worker * job->BlocksStride));
        nint* rows = stackalloc nint[columns];
        for (int first = 0; first < shape.In; first += Channels)
        {
            int count = Math.Min(Channels, shape.In - first);
            for (int column = 0; column < columns; column++)
            {
                int output = job->Layout.Output(panel, column);
                rows[column] = (nint)Block(job, output, first * taps, count * taps, room + (column * job->Block));
            }

            for (int tap = 0; tap < taps; tap++)
            {
                var block = y + ((((long)tap * shape.In) + first) * columns);
                for (int column = 0; column < columns; column++)
                {
                    var from = (TStored*)rows[column] + tap;
                    var to = block + column;
                    for (int c = 0; c < count; c++, from += taps, to += columns) *to = *from;
                }
            }
        }
    }

    /// <summary>Some of an output channel's weights as they are stored; zeros where there is no such channel.</summary>
    private static TStored* Block<TStored>(Job* job, int output, int start, int count, TStored* room) where TStored : unmanaged
    {
        float* weights = job->Weights + ((long)output * job->Layout.Shape.Depth) + start;
        if (output < 0) new Span<TStored>(room, count).Clear();
        else if (job->Storage == WeightStorage.Float32) return (TStored*)weights;
        else Narrowing.Round(weights, (ushort*)room, count, job->Storage);
        return room;
    }

    private struct Job
    {
        public PanelLayout Layout;
        public WeightStorage Storage;
        public float* Weights;
        public int Block;
        public byte* Packed, Blocks;
        public long BlocksStride;
    }
}
