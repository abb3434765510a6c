using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Matrix products over rows of channels.</summary>
/// <param name="gpu">where they run</param>
/// <param name="tile">the only tile to use, for tests</param>
internal sealed class LinearPortable(GpuRuntime gpu, Type? tile = null)
{
    private readonly ProductPortable _product = new(gpu, tile);

    public void Run(Tensor y, Tensor x, Filter filter, in Epilogue epilogue)
    {
        var form = epilogue.Activation == Activation.None ? typeof(LinearForm) : typeof(ActivatedLinearForm);
        _product.Run(form, y, x, filter, ProductArguments.Of(y, x, null, filter, epilogue));
    }

    public void RunSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias)
    {
        var args = ProductArguments.Of(ys[0], x, null, filter, new Epilogue(bias));
        foreach (var y in ys)
        {
            if (!ProductArguments.IsWhole(y)) args.WritesFours = 0;
        }

        if (ys.Length > 1) args.Epilogue.Y1 = ys[1].Operand();
        if (ys.Length > 2) args.Epilogue.Y2 = ys[2].Operand();
        _product.Run(typeof(SplitForm), ys[0], x, filter, args);
    }

    public void RunGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias) =>
        _product.Run(typeof(GatedForm), y, x, filter, ProductArguments.Of(y, x, null, filter, new Epilogue(bias)));
}
