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
    private readonly WorkerBuffers _rows = new(workers);

    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage)
    {
        var layout = PanelLayout.Of<TSimd, TVector>(shape);
        var buffer = workers.Allocate(layout.Count * storage.Bytes());
        _rows.Ensure((long)shape.Depth * storage.Bytes());
        fixed (float* w = weights)
        {
            var job = new Job
            {
                Layout = layout,
                Storage = storage,
                Weights = w,
                Packed = buffer.Pointer(),
                Rows = _rows.First,
                RowStride = _rows.Stride,
            };
            if (storage == WeightStorage.Float32) workers.Run(ref job, layout.Panels, &PackPanel<float>);
            else workers.Run(ref job, layout.Panels, &PackPanel<ushort>);
        }

        return new Filter(shape, storage, PanelLayout.Layout<TSimd, TVector>(), buffer);
    }

    public void Dispose() => _rows.Dispose();

    private static void PackPanel<TStored>(Job* job, int panel, int worker) where TStored : unmanaged
    {
        var shape = job->Layout.Shape;
        int taps = shape.Kernel * shape.Kernel, columns = job->Layout.Vectors(panel) * TSimd.Count;
        var y = (TStored*)job->Packed + job->Layout.Start(panel);
        for (int column = 0; column < columns; column++)
        {
            var row = Row<TStored>(job, job->Layout.Output(panel, column), (TStored*)(job->Rows + (worker * job->RowStride)));
            for (int tap = 0; tap < taps; tap++)
            {
                var to = y + ((long)tap * shape.In * columns) + column;
                for (int c = 0; c < shape.In; c++, to += columns) *to = row[(c * taps) + tap];
            }
        }
    }

    /// <summary>The weights of an output channel as they are stored; zeros where there is none.</summary>
    private static TStored* Row<TStored>(Job* job, int output, TStored* room) where TStored : unmanaged
    {
        int depth = job->Layout.Shape.Depth;
        float* row = job->Weights + ((long)output * depth);
        if (output < 0) new Span<TStored>(room, depth).Clear();
        else if (job->Storage == WeightStorage.Float32) return (TStored*)row;
        else Narrowing.Round(row, (ushort*)room, depth, job->Storage);
        return room;
    }

    private struct Job
    {
        public PanelLayout Layout;
        public WeightStorage Storage;
        public float* Weights;
        public byte* Packed, Rows;
        public long RowStride;
    }
}
