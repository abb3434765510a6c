using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Matrix products over rows of channels on tensor cores.</summary>
/// <param name="gpu">where they run</param>
/// <param name="otherwise">does what tensor cores cannot: other types, rows that are no whole chunks, few rows</param>
/// <param name="tile">the only tile to use, for tests</param>
internal sealed class LinearTensor(GpuRuntime gpu, LinearPortable otherwise, Type? tile = null)
    : IOperation<LinearCall>, IOperation<LinearSplitCall>, IOperation<LinearGegluCall>
{
    private readonly ProductTensor _product = new(gpu, tile);

    public void Run(in LinearCall call)
    {
        var (y, x, filter, epilogue) = call;
        if (!ProductArgumentsTensor.Takes(gpu.Caps, y, x, filter, epilogue))
        {
            otherwise.Run(call);
            return;
        }

        var form = epilogue.Activation == Activation.None ? typeof(LinearForm) : typeof(ActivatedLinearForm);
        _product.Run(form, y, ProductArgumentsTensor.Of(y, x, null, filter, epilogue));
    }

    public void Run(in LinearSplitCall call)
    {
        var ys = call.Ys;
        var epilogue = new Epilogue(call.Bias);
        bool isTaken = true;
        foreach (var y in ys) isTaken &= ProductArgumentsTensor.Takes(gpu.Caps, y, call.X, call.Filter, epilogue);
        if (!isTaken)
        {
            otherwise.Run(call);
            return;
        }

        var args = ProductArgumentsTensor.Of(ys[0], call.X, null, call.Filter, epilogue);
        if (ys.Length > 1) args.Epilogue.Y1 = ys[1].Operand();
        if (ys.Length > 2) args.Epilogue.Y2 = ys[2].Operand();
        _product.Run(typeof(SplitForm), ys[0], args);
    }

    public void Run(in LinearGegluCall call)
    {
        var (y, x, filter, bias) = call;
        var epilogue = new Epilogue(bias);
        if (ProductArgumentsTensor.Takes(gpu.Caps, y, x, filter, epilogue))
            _product.Run(typeof(GatedForm), y, ProductArgumentsTensor.Of(y, x, null, filter, epilogue));
        else otherwise.Run(call);
    }
}
