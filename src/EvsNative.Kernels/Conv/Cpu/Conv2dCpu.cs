using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Convolution, by the method that <see cref="ConvPlan"/> chooses. The direct one is a product whose rows are found, not copied: for each
/// output pixel and kernel tap the address of the input pixel under it (<see cref="PixelRows"/>).
/// </summary>
/// <param name="workers">threads</param>
/// <param name="scratch">working memory</param>
/// <param name="gemm">the product</param>
/// <param name="always">for measuring: the method instead of the plan's, where it fits</param>
internal sealed unsafe class Conv2dCpu<TSimd, TVector>(
    CpuWorkers workers, Scratch scratch, GemmCpu<TSimd, TVector> gemm, ConvMethod? always = null)
    : IOperation<Conv2dCall>, IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private readonly Conv2dWinograd<TSimd, TVector> _winograd = new(workers, scratch);
    private readonly Conv2dPatches<TSimd, TVector> _patches = new(workers);
    private readonly Conv2dDots<TSimd, TVector> _dots = new(workers, scratch);
    private DeviceBuffer? _zeros;

    public void Run(in Conv2dCall call)
    {
        var (y, x, x2, filter, geometry, epilogue) = call;
        int kernel = filter.Shape.Kernel, c1 = x.Shape.C, c2 = x2?.Shape.C ?? 0;
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
        switch (always ?? ConvPlan.Choose(filter.Shape, geometry, y.Shape, c1, c2, TSimd.Count))
        {
            case ConvMethod.Winograd:
                _winograd.Run(y, rows, c1 + c2, filter, epilogue);
                break;
            case ConvMethod.Patches:
                _patches.Run(y, rows, filter, epilogue);
                break;
            case ConvMethod.Dots:
                _dots.Run(y, rows, filter, epilogue);
                break;
            default:
                RunDirectly(y, rows, filter, epilogue);
                break;
        }
    }

    public void Dispose()
    {
        _winograd.Dispose();
        _patches.Dispose();
        _dots.Dispose();
        _zeros?.Dispose();
    }

    private void RunDirectly(Tensor y, in PixelRows rows, Filter filter, in Epilogue epilogue)
    {
        int taps = rows.Kernel * rows.Kernel, inputs = rows.C2 == 0 ? 1 : 2;
        Span<Segment> segments =
            stackalloc Segment[taps * (GemmCpu<TSimd, TVector>.SegmentsOf(rows.C1) + GemmCpu<TSimd, TVector>.SegmentsOf(rows.C2))];
        int count = 0;
        for (int tap = 0; tap < taps; tap++)
        {
            count = GemmCpu<TSimd, TVector>.AddSegments(segments, count, tap * inputs, rows.C1);
            if (rows.C2 > 0) count = GemmCpu<TSimd, TVector>.AddSegments(segments, count, (tap * inputs) + 1, rows.C2);
        }

        gemm.Run(rows, taps * inputs, y.Shape.Rows, segments[..count], filter, EpilogueCpu<TSimd, TVector>.Of(y, filter, epilogue));
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
