using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>What happens to four finished sums of a row, inside kernels: bias, per-image vector, activation, residual or gate, and the way to their destination.</summary>
internal static class ProductEpiloguePortable
{
    /// <summary>The bias of four columns; zeros where there is none.</summary>
    public static Four Bias<TForm>(EpilogueArgsPortable e, int column) where TForm : struct, IProductForm
    {
        var bias = Four.Of(0, 0, 0, 0);
        if (e.HasBias == 0) return bias;
        if (TForm.IsGated)
        {
            int at = column / 2;
            bias.A = Float32Element.Load(e.Bias, at);
            bias.B = Float32Element.Load(e.Bias, at + e.Width);
            if (at + 1 >= e.Width) return bias;
            bias.C = Float32Element.Load(e.Bias, at + 1);
            bias.D = Float32Element.Load(e.Bias, at + 1 + e.Width);
            return bias;
        }

        int section = TForm.IsSplit ? column / e.SectionColumns : 0, within = column - (section * e.SectionColumns);
        return LoadSome<Float32Element>(e.Bias, ((long)section * e.Width) + within, e.Width - within);
    }

    /// <summary>Finishes four columns of a row and stores them.</summary>
    public static void Store<TY, TForm>(ProductArgsPortable args, int row, int column, Four sum, Four bias)
        where TY : struct, IElement
        where TForm : struct, IProductForm
    {
        var e = args.Epilogue;
        var v = Sum(sum, bias);
        if (TForm.IsGated)
        {
            long to = ((long)row * e.Width) + (column / 2);
            TY.Store(e.Y, to, v.A * KernelMath.Gelu(v.B));
            if ((column / 2) + 1 < e.Width) TY.Store(e.Y, to + 1, v.C * KernelMath.Gelu(v.D));
        }
        else if (TForm.IsSplit)
        {
            int section = column / e.SectionColumns, within = column - (section * e.SectionColumns);
            long to = ((long)row * e.Width) + within;
            if (section == 0) StoreSome<TY>(e.Y, to, v, e.Width - within, args.WritesFours);
            else if (section == 1) StoreSome<TY>(e.Y1, to, v, e.Width - within, args.WritesFours);
            else StoreSome<TY>(e.Y2, to, v, e.Width - within, args.WritesFours);
        }
        else
        {
            int count = e.Width - column;
            if (e.HasPerImage != 0) v = Sum(v, LoadSome<Float32Element>(e.PerImage, ((long)(row / e.ImageRows) * e.PerImageStride) + column, count));
            if (TForm.HasActivation)
            {
                v = Four.Of(
                    KernelMath.Activate(v.A, e.Activation), KernelMath.Activate(v.B, e.Activation),
                    KernelMath.Activate(v.C, e.Activation), KernelMath.Activate(v.D, e.Activation));
            }

            long to = ((long)row * e.Width) + column;
            if (e.HasResidual != 0) v = Sum(v, args.WritesFours != 0 ? TY.LoadFour(e.Residual, to) : LoadSome<TY>(e.Residual, to, count));
            StoreSome<TY>(e.Y, to, v, count, args.WritesFours);
        }
    }

    /// <summary>The first elements of four; zeros for the rest.</summary>
    public static Four LoadSome<TX>(Operand x, long at, int count) where TX : struct, IElement
    {
        var v = Four.Of(0, 0, 0, 0);
        v.A = TX.Load(x, at);
        if (count > 1) v.B = TX.Load(x, at + 1);
        if (count > 2) v.C = TX.Load(x, at + 2);
        if (count > 3) v.D = TX.Load(x, at + 3);
        return v;
    }

    private static void StoreSome<TY>(Operand y, long at, Four v, int count, int isWhole) where TY : struct, IElement
    {
        if (isWhole != 0)
        {
            TY.StoreFour(y, at, v);
            return;
        }

        TY.Store(y, at, v.A);
        if (count > 1) TY.Store(y, at + 1, v.B);
        if (count > 2) TY.Store(y, at + 2, v.C);
        if (count > 3) TY.Store(y, at + 3, v.D);
    }

    private static Four Sum(Four x, Four y) => Four.Of(x.A + y.A, x.B + y.B, x.C + y.C, x.D + y.D);
}
