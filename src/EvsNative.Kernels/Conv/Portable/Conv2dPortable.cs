using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Convolution as a product whose rows are found, not copied: for each output pixel and kernel tap the input pixel under it.
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="tile">the only tile to use, for tests</param>
/// <param name="leaveMoments">leaves the moments of a result, on devices whose products do</param>
internal sealed class Conv2dPortable(GpuRuntime gpu, Type? tile = null, Action<Tensor, Tensor>? leaveMoments = null)
    : IOperation<Conv2dCall>
{
    private readonly ProductPortable _product = new(gpu, tile);

    public void Run(in Conv2dCall call)
    {
        var (y, x, x2, filter, geometry, epilogue) = call;
        var (height, width) = geometry.Upsampled ?? (x.Shape.H, x.Shape.W);
        var args = ProductArguments.Of(y, x, x2, filter, epilogue);
        (args.Height, args.Width, args.VirtualHeight, args.VirtualWidth) = (x.Shape.H, x.Shape.W, height, width);
        (args.OutHeight, args.OutWidth, args.Kernel, args.Stride) = (y.Shape.H, y.Shape.W, filter.Shape.Kernel, geometry.Stride);
        args.Padding = geometry.Padding == ConvPadding.Same ? filter.Shape.Kernel / 2 : 0;
        args.IsEnlarged = height != x.Shape.H || width != x.Shape.W ? 1 : 0;
        var form = epilogue.Activation == Activation.None ? typeof(ConvolutionForm) : typeof(ActivatedConvolutionForm);
        _product.Run(form, y, x, filter, args);
        if (epilogue.Moments is { } moments) leaveMoments!(y, moments);
    }
}
