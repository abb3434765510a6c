using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Convolution as a product whose rows are found, not copied: for each output pixel and kernel tap the address of the input pixel under it, or
/// of a row of zeros outside the image. Two inputs are two addresses; a nearest-neighbour enlargement is another address.
/// </summary>
internal sealed unsafe class Conv2dCpu<TSimd, TVector>(GemmCpu<TSimd, TVector> gemm) : IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private HostBuffer? _zeros;

    public void Run(Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue)
    {
        int kernel = filter.Shape.Kernel, taps = kernel * kernel;
        int c1 = x.Shape.C, c2 = x2?.Shape.C ?? 0, inputs = x2 is null ? 1 : 2;
        Span<Segment> segments = stackalloc Segment[taps * (GemmCpu<TSimd, TVector>.SegmentsOf(c1) + GemmCpu<TSimd, TVector>.SegmentsOf(c2))];
        int count = 0;
        for (int tap = 0; tap < taps; tap++)
        {
            count = GemmCpu<TSimd, TVector>.AddSegments(segments, count, tap * inputs, c1);
            if (c2 > 0) count = GemmCpu<TSimd, TVector>.AddSegments(segments, count, (tap * inputs) + 1, c2);
        }

        var (height, width) = geometry.Upsampled ?? (x.Shape.H, x.Shape.W);
        var rows = new PixelRows
        {
            X = x.Floats(),
            X2 = x2.Floats(),
            Zeros = Zeros(Math.Max(c1, c2)),
            C1 = c1,
            C2 = c2,
            Height = x.Shape.H,
            Width = x.Shape.W,
            VirtualHeight = height,
            VirtualWidth = width,
            OutHeight = y.Shape.H,
            OutWidth = y.Shape.W,
            Kernel = kernel,
            Stride = geometry.Stride,
            Pad = geometry.Padding == Padding.Same ? kernel / 2 : 0,
        };
        gemm.Run(rows, taps * inputs, y.Shape.Rows, segments[..count], filter, EpilogueCpu<TSimd, TVector>.Of(y, filter, epilogue));
    }

    public void Dispose() => _zeros?.Dispose();

    private float* Zeros(int count)
    {
        long bytes = (long)count * sizeof(float);
        if (_zeros is null || _zeros.Bytes < bytes)
        {
            _zeros?.Dispose();
            _zeros = new HostBuffer(bytes);
            new Span<byte>(_zeros.Pointer, (int)bytes).Clear();
        }

        return (float*)_zeros.Pointer;
    }

    private struct PixelRows : IRowSource
    {
        public float* X, X2, Zeros;
        public int C1, C2, Height, Width, VirtualHeight, VirtualWidth, OutHeight, OutWidth, Kernel, Stride, Pad;

        public readonly void Locate(float** table, int stride, long first, int count)
        {
            bool enlarged = VirtualHeight != Height || VirtualWidth != Width;
            int inputs = X2 == null ? 1 : 2, pixels = OutHeight * OutWidth;
            long image = first / pixels;
            int within = (int)(first % pixels), oy = within / OutWidth, ox = within % OutWidth;

            for (int i = 0; i < count; i++)
            {
                float** to = table + i;
                for (int u = 0; u < Kernel; u++)
                {
                    int iy = (oy * Stride) + u - Pad;
                    bool inside = (uint)iy < (uint)VirtualHeight;
                    if (inside && enlarged) iy = (int)((long)iy * Height / VirtualHeight);
                    long row = ((image * Height) + iy) * Width;
                    for (int v = 0; v < Kernel; v++, to += inputs * stride)
                    {
                        int ix = (ox * Stride) + v - Pad;
                        bool exists = inside && (uint)ix < (uint)VirtualWidth;
                        if (exists && enlarged) ix = (int)((long)ix * Width / VirtualWidth);
                        to[0] = exists ? X + ((row + ix) * C1) : Zeros;
                        if (inputs == 2) to[stride] = exists ? X2 + ((row + ix) * C2) : Zeros;
                    }
                }

                if (++ox < OutWidth) continue;
                ox = 0;
                if (++oy < OutHeight) continue;
                oy = 0;
                image++;
            }
        }
    }
}
