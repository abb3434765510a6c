using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Matrix products over rows of channels.</summary>
/// <param name="gpu">where they run</param>
/// <param name="tile">the only tile to use, for tests</param>
/// <param name="leaveMoments">leaves the moments of a result, on devices whose products do</param>
internal sealed class LinearPortable(GpuRuntime gpu, Type? tile = null, Action<Tensor, Tensor>? leaveMoments = null)
    : IOperation<LinearCall>, IOperation<LinearSplitCall>, IOperation<LinearGegluCall>
{
    private readonly ProductPortable _product = new(gpu, tile);

    public void Run(in LinearCall call)
    {
        var (y, x, filter, epilogue) = call;
        var form = epilogue.Activation == Activation.None ? typeof(LinearForm) : typeof(ActivatedLinearForm);
        _product.Run(form, y, x, filter, ProductArguments.Of(y, x, null, filter, epilogue));
        if (epilogue.Moments is { } moments) leaveMoments!(y, moments);
    }

    public void Run(in LinearSplitCall call)
    {
        var ys = call.Ys;
        var args = ProductArguments.Of(ys[0], call.X, null, call.Filter, new Epilogue(call.Bias));
        foreach (var y in ys)
        {
            if (!ProductArguments.IsWhole(y)) args.WritesFours = 0;
        }

        if (ys.Length > 1) args.Epilogue.Y1 = ys[1].Operand();
        if (ys.Length > 2) args.Epilogue.Y2 = ys[2].Operand();
        _product.Run(typeof(SplitForm), ys[0], call.X, call.Filter, args);
    }

    public void Run(in LinearGegluCall call)
    {
        var (y, x, filter, bias) = call;
        _product.Run(typeof(GatedForm), y, x, filter, ProductArguments.Of(y, x, null, filter, new Epilogue(bias)));
    }
}
