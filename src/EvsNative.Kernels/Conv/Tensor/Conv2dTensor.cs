using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Convolution on tensor cores as a product whose rows are found, not copied: for each output pixel and kernel tap the input pixel under
/// it.
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="otherwise">does what tensor cores cannot: other types or activations, channels that are no whole chunks</param>
/// <param name="tile">the only tile to use, for tests</param>
internal sealed class Conv2dTensor(GpuRuntime gpu, Conv2dPortable otherwise, Type? tile = null) : IOperation<Conv2dCall>
{
    // Places in an image are kept in 16 bits, offsets within a tile in 32, as chunks.
    private const int MostPixels = 16_000;
    private const long MostOffset = int.MaxValue;

    // Rows of the largest tile.
    private const int MostRows = 128;

    private readonly ProductTensor _product = new(gpu, tile);

    public void Run(in Conv2dCall call)
    {
        var (y, x, x2, filter, _, epilogue) = call;
        if (!ProductArgumentsTensor.Takes(gpu.Caps, y, x, x2, filter, epilogue) || !Fits(call))
        {
            otherwise.Run(call);
            return;
        }

        if (HasPhases(call))
        {
            _product.Run(typeof(PhaseForm), y, x, filter, PhaseArguments(call));
            return;
        }

        bool isActivated = epilogue.Activation != Activation.None;
        var form = IsPlain(call)
            ? isActivated ? typeof(ActivatedLinearForm) : typeof(LinearForm)
            : isActivated ? typeof(ActivatedConvolutionForm) : typeof(ConvolutionForm);
        _product.Run(form, y, x, filter, Arguments(call));
    }

    /// <summary>All but what a plan says.</summary>
    internal static ProductArgsTensor Arguments(in Conv2dCall call)
    {
        var (y, x, x2, filter, geometry, epilogue) = call;
        var args = ProductArgumentsTensor.Of(y, x, x2, filter, epilogue);
        if (IsPlain(call)) return args;
        var (height, width) = geometry.Upsampled ?? (x.Shape.H, x.Shape.W);
        (args.Height, args.Width, args.VirtualHeight, args.VirtualWidth) = (x.Shape.H, x.Shape.W, height, width);
        (args.OutHeight, args.OutWidth, args.Kernel, args.Stride) = (y.Shape.H, y.Shape.W, filter.Shape.Kernel, geometry.Stride);
        args.Padding = geometry.Padding == ConvPadding.Same ? filter.Shape.Kernel / 2 : 0;
        args.IsEnlarged = height != x.Shape.H || width != x.Shape.W ? 1 : 0;
        return args;
    }

    /// <summary>
    /// True if it is done as four convolutions of the small image: it is enlarged by exactly two, and runs of moments lie within a phase.
    /// </summary>
    internal static bool HasPhases(in Conv2dCall call)
    {
        var (s, geometry) = (call.X.Shape, call.Geometry);
        return call.Filter.Shape.IsEnlarging && geometry is { Stride: 1, Padding: ConvPadding.Same }
            && geometry.Upsampled == (2 * s.H, 2 * s.W) && call.Epilogue.Activation == Activation.None
            && (call.Epilogue.Moments is null || s.Pixels % ChannelMoments.Run == 0);
    }

    /// <summary>The walk of one phase over the small image; phases differ in where their windows and their weights begin.</summary>
    internal static ProductArgsTensor PhaseArguments(in Conv2dCall call)
    {
        var (y, x, x2, filter, _, epilogue) = call;
        var args = ProductArgumentsTensor.Of(y, x, x2, filter, epilogue);
        args.Weights.Offset = new FilterLayoutTensor(filter.Shape).PhaseStart;
        args.WeightChunks = PhaseForm.Kernel * PhaseForm.Kernel * (args.Chunks + args.Chunks2);
        args.Rows = checked((int)x.Shape.Rows);
        (args.Height, args.Width, args.VirtualHeight, args.VirtualWidth) = (x.Shape.H, x.Shape.W, x.Shape.H, x.Shape.W);
        (args.OutHeight, args.OutWidth, args.Kernel, args.Stride) = (x.Shape.H, x.Shape.W, PhaseForm.Kernel, 1);
        (args.Padding, args.Phases) = (1, PhaseForm.Phases);
        return args;
    }

    /// <summary>True if it is a product of matrices.</summary>
    private static bool IsPlain(in Conv2dCall call) => call.Filter.Shape.Kernel == 1 && call.Geometry.Stride == 1 && call.X2 is null
        && (call.Geometry.Upsampled ?? (call.X.Shape.H, call.X.Shape.W)) == (call.X.Shape.H, call.X.Shape.W);

    /// <summary>True if all that a tile needs lies close enough together: everything but pictures of a size that nobody has.</summary>
    private static bool Fits(in Conv2dCall call)
    {
        var (y, x, x2, filter, geometry, _) = call;
        var (height, width) = geometry.Upsampled ?? (x.Shape.H, x.Shape.W);
        int lines = Math.Min((MostRows / y.Shape.W) + 2, y.Shape.H), images = (MostRows / y.Shape.Pixels) + 2;
        long perLine = ((geometry.Stride * (long)x.Shape.H) + height - 1) / height;
        long perImage = Math.Min(((lines * perLine) + (filter.Shape.Kernel * perLine)) * 2, x.Shape.H);
        int channels = Math.Max(x.Shape.C, x2?.Shape.C ?? 0);
        return Math.Max(height, width) <= MostPixels && x.Shape.Rows <= int.MaxValue
            && images * perImage * x.Shape.W * channels <= MostOffset;
    }
}
