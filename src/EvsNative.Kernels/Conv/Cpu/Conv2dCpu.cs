using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Convolution, by the method that <see cref="ConvPlan"/> chooses. The direct one is a product whose rows are found, not copied: for each
/// output pixel and kernel tap the address of the input pixel under it (<see cref="PixelRows"/>).
/// </summary>
internal sealed unsafe class Conv2dCpu<TSimd, TVector>(CpuWorkers workers, Scratch scratch, GemmCpu<TSimd, TVector> gemm)
    : IOperation<Conv2dCall>, IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private readonly Conv2dWinograd<TSimd, TVector> _winograd = new(workers, scratch);
    private DeviceBuffer? _zeros;

    public void Run(in Conv2dCall call)
    {
        var (y, x, x2, filter, geometry, epilogue) = call;
        int kernel = filter.Shape.Kernel, taps = kernel * kernel;
        int c1 = x.Shape.C, c2 = x2?.Shape.C ?? 0, inputs = x2 is null ? 1 : 2;
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
            Pad = geometry.Padding == ConvPadding.Same ? kernel / 2 : 0,
        };
        if (ConvPlan.Choose(filter.Shape, geometry, y.Shape, c1, c2, TSimd.Count) == ConvMethod.Winograd)
        {
            _winograd.Run(y, rows, c1 + c2, filter, epilogue);
            return;
        }

        Span<Segment> segments =
            stackalloc Segment[taps * (GemmCpu<TSimd, TVector>.SegmentsOf(c1) + GemmCpu<TSimd, TVector>.SegmentsOf(c2))];
        int count = 0;
        for (int tap = 0; tap < taps; tap++)
        {
            count = GemmCpu<TSimd, TVector>.AddSegments(segments, count, tap * inputs, c1);
            if (c2 > 0) count = GemmCpu<TSimd, TVector>.AddSegments(segments, count, (tap * inputs) + 1, c2);
        }

        gemm.Run(rows, taps * inputs, y.Shape.Rows, segments[..count], filter, EpilogueCpu<TSimd, TVector>.Of(y, filter, epilogue));
    }

    public void Dispose()
    {
        _winograd.Dispose();
        _zeros?.Dispose();
    }

    private float* Zeros(int count)
    {
        long bytes = (long)count * sizeof(float);
        if (_zeros is null || _zeros.Bytes < bytes)
        {
            _zeros?.Dispose();
            _zeros = workers.Allocate(bytes);
            if (!workers.IsDry) new Span<byte>(_zeros.Pointer(), (int)bytes).Clear();
        }

        return (float*)_zeros.Pointer();
    }
}
