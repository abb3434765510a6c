using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// What happens to finished sums, four columns of a row at a time, inside kernels: bias, per-image vector, activation, residual or gate,
/// and the way to their destination. Tiles that are not general have no code for rows that cannot be moved so, nor for activations.
/// </summary>
internal static class ProductEpiloguePortable
{
    /// <summary>True if four columns are only there to fill up a section.</summary>
    public static bool IsEmpty<TForm>(ProductArgsPortable args, int column) where TForm : struct, IProductForm
    {
        var e = args.Epilogue;
        if (TForm.IsGated) return column / 2 >= e.Width;
        return (TForm.IsSplit ? column % e.SectionColumns : column) >= e.Width;
    }

    /// <summary>The bias of four columns; zeros where there is none.</summary>
    public static Four Bias<TTile, TForm>(ProductArgsPortable args, int column)
        where TTile : struct, IProductTile
        where TForm : struct, IProductForm
    {
        var e = args.Epilogue;
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
        return Load<Float32Element, TTile>(e.Bias, (section * e.Width) + within, e.Width - within, args.WritesFours);
    }

    /// <summary>Finishes four columns of a row and stores them.</summary>
    public static void Store<TY, TTile, TForm>(ProductArgsPortable args, int row, int column, Four sum, Four bias)
        where TY : struct, IElement
        where TTile : struct, IProductTile
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
            var y = section == 0 ? e.Y : section == 1 ? e.Y1 : e.Y2;
            Store<TY, TTile>(y, to, v, e.Width - within, args.WritesFours);
        }
        else
        {
            long to = ((long)row * e.Width) + column;
            int count = e.Width - column;
            if (e.HasPerImage != 0)
                v = Sum(v, Load<Float32Element,
                    TTile>(e.PerImage, ((long)(row / e.ImageRows) * e.PerImageStride) + column, count, args.WritesFours));
            if (TForm.HasActivation)
            {
                v = Four.Of(
                    KernelMath.Activate(v.A, e.Activation), KernelMath.Activate(v.B, e.Activation),
                    KernelMath.Activate(v.C, e.Activation), KernelMath.Activate(v.D, e.Activation));
            }

            if (e.HasResidual != 0) v = Sum(v, Load<TY, TTile>(e.Residual, to, count, args.WritesFours));
            Store<TY, TTile>(e.Y, to, v, count, args.WritesFours);
        }
    }

    /// <summary>Four elements, or as many as there are and zeros for the rest.</summary>
    public static Four Load<TX, TTile>(Operand x, long at, int count, int isWhole)
        where TX : struct, IElement
        where TTile : struct, IProductTile
    {
        if (!TTile.IsGeneral || isWhole != 0) return TX.LoadFour(x, at);
        var v = Four.Of(TX.Load(x, at), 0, 0, 0);
        if (count > 1) v.B = TX.Load(x, at + 1);
        if (count > 2) v.C = TX.Load(x, at + 2);
        if (count > 3) v.D = TX.Load(x, at + 3);
        return v;
    }

    private static void Store<TY, TTile>(Operand y, long at, Four v, int count, int isWhole)
        where TY : struct, IElement
        where TTile : struct, IProductTile
    {
        if (!TTile.IsGeneral || isWhole != 0)
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
