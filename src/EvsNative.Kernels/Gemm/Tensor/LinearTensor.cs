using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Matrix products over rows of channels on tensor cores.</summary>
/// <param name="gpu">where they run</param>
/// <param name="otherwise">does what tensor cores cannot: other types or activations, rows that are no whole chunks</param>
/// <param name="tile">the only tile to use, for tests</param>
internal sealed class LinearTensor(GpuRuntime gpu, LinearPortable otherwise, Type? tile = null)
    : IOperation<LinearCall>, IOperation<LinearSplitCall>, IOperation<LinearGegluCall>
{
    private readonly ProductTensor _product = new(gpu, tile);
    private readonly ProductVectorTensor _vector = new(gpu);

    public void Run(in LinearCall call)
    {
        var (y, x, filter, epilogue) = call;
        if (ProductVectorTensor.Takes(x, filter) && ProductArgumentsTensor.Finishes(epilogue.Activation))
        {
            _vector.Run(call);
            return;
        }

        if (!ProductArgumentsTensor.Takes(gpu.Caps, y, x, filter, epilogue))
        {
            otherwise.Run(call);
            return;
        }

        var form = epilogue.Activation == Activation.None ? typeof(LinearForm) : typeof(ActivatedLinearForm);
        _product.Run(form, y, x, filter, ProductArgumentsTensor.Of(call));
    }

    public void Run(in LinearSplitCall call)
    {
        var ys = call.Ys;
        var epilogue = new Epilogue(call.Bias);
        bool isTaken = true;
        foreach (var y in ys) isTaken &= ProductArgumentsTensor.Takes(gpu.Caps, y, call.X, call.Filter, epilogue);
        if (isTaken) _product.Run(typeof(SplitForm), ys[0], call.X, call.Filter, ProductArgumentsTensor.Of(call));
        else otherwise.Run(call);
    }

    public void Run(in LinearGegluCall call)
    {
        var (y, x, filter, bias) = call;
        if (ProductArgumentsTensor.Takes(gpu.Caps, y, x, filter, new Epilogue(bias)))
            _product.Run(typeof(GatedForm), y, x, filter, ProductArgumentsTensor.Of(call));
        else otherwise.Run(call);
    }
}
