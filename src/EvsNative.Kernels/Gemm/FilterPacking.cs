using System.Runtime.InteropServices;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// Packs weights into the panels of <see cref="PanelLayout"/>, a panel an item. Weights that a file stores in 16 bits are kept in 16 bits, exactly:
/// half the memory, and widening a block of a panel costs what one row tile in about thirty costs.
/// </summary>
internal sealed unsafe class FilterPacking<TSimd, TVector>(CpuWorkers workers)
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage)
    {
        if (weights.Length != shape.Count) throw new ArgumentException($"pack: {weights.Length} weights do not fill {shape}");
        var layout = PanelLayout.Of<TSimd, TVector>(shape);
        var buffer = new HostBuffer(layout.Count * storage.Bytes());
        fixed (float* w = weights)
        {
            var job = new Job { Layout = layout, Storage = storage, Weights = w, Packed = buffer.Pointer };
            workers.Run(ref job, layout.Panels, &PackPanel);
        }

        return new Filter(shape, storage, buffer);
    }

    private static void PackPanel(Job* job, int panel, int worker)
    {
        var shape = job->Layout.Shape;
        int taps = shape.Kernel * shape.Kernel, columns = job->Layout.Vectors(panel) * TSimd.Count;
        byte* y = job->Packed + (job->Layout.Start(panel) * job->Storage.Bytes());
        for (int column = 0; column < columns; column++)
        {
            int output = job->Layout.Output(panel, column);
            float* row = output < 0 ? null : job->Weights + ((long)output * shape.Depth);
            for (int tap = 0; tap < taps; tap++)
            {
                long at = ((long)tap * shape.In * columns) + column;
                for (int c = 0; c < shape.In; c++, at += columns) Put(y, at, row == null ? 0 : row[(c * taps) + tap], job->Storage);
            }
        }
    }

    private static void Put(byte* y, long at, float value, WeightStorage storage)
    {
        switch (storage)
        {
            case WeightStorage.Float16: ((Half*)y)[at] = (Half)value; break;
            case WeightStorage.BFloat16: ((ushort*)y)[at] = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16); break;
            default: ((float*)y)[at] = value; break;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Job
    {
        public PanelLayout Layout;
        public WeightStorage Storage;
        public float* Weights;
        public byte* Packed;
    }
}
