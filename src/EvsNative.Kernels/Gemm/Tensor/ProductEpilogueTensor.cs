using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.TensorCores;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// What happens to finished sums, a band of the tile at a time: from shared memory each thread takes the same eight columns of every few
/// rows, so that all that depends on columns alone is read once; results leave as 16 bytes. In a gated product sixteen columns, values
/// and gates in turn, make eight results.
/// </summary>
internal static class ProductEpilogueTensor
{
    private const int Eight = 8;

    /// <summary>Finishes the rows of a band.</summary>
    /// <param name="args">of the kernel</param>
    /// <param name="band">the sums in shared memory</param>
    /// <param name="firstRow">of the band</param>
    /// <param name="bandRows">rows of the band</param>
    /// <param name="firstColumn">of the tile</param>
    /// <param name="columns">of the tile</param>
    /// <param name="threads">of the group</param>
    public static void Store<TNumbers, TY, TForm>(
        ProductArgsTensor args, uint band, int firstRow, int bandRows, int firstColumn, int columns, int threads)
        where TNumbers : struct, IMatrixNumbers
        where TY : struct, IProductResult
        where TForm : struct, IProductForm
    {
        var residual = LocalMemory.Allocate<uint>(InFlight<TY, TForm>() * TY.Registers);
        var bias = LocalMemory.Allocate<float>(Columns<TForm>());
        var values = LocalMemory.Allocate<float>(Columns<TForm>());

        int parts = columns / Columns<TForm>(), rowsAtOnce = threads / parts;
        int first = Group.IdxX / parts, part = Group.IdxX - (first * parts), column = firstColumn + (part * Columns<TForm>());
        int rows = first >= rowsAtOnce | column >= args.Columns ? 0 : IntrinsicMath.Min(bandRows, args.Rows - firstRow);
        column = IntrinsicMath.Min(column, args.Columns - Columns<TForm>());

        var e = args.Epilogue;
        int within = column;
        var y = e.Y;
        if (TForm.IsGated) within = column / 2;
        if (TForm.IsSplit)
        {
            int section = column / e.Width;
            within = column - (section * e.Width);
            y = section == 0 ? e.Y : section == 1 ? e.Y1 : e.Y2;
        }

        for (int k = 0; k < Columns<TForm>(); k++) bias[k] = 0;
        if (e.HasBias != 0)
        {
            AddFloats(bias, 0, e.Bias, TForm.IsGated ? within : column);
            if (TForm.IsGated) AddFloats(bias, Eight, e.Bias, e.Width + within);
        }

        ulong to = Place<TY>(y, within), from = Place<TY>(e.Residual, within);
        int rowBytes = SharedSums.RowBytes(columns);
        for (int row = first; row < rows; row += InFlight<TY, TForm>() * rowsAtOnce)
        {
            if (!TForm.IsGated && !TForm.IsSplit && e.HasResidual != 0)
            {
                for (int n = 0; n < InFlight<TY, TForm>(); n++)
                {
                    int at = row + (n * rowsAtOnce);
                    if (at < rows) TY.Load(residual, n, from + (ulong)(PhaseForm.Row<TForm>(args, firstRow + at) * e.Width * TY.Bytes));
                }
            }

            for (int n = 0; n < InFlight<TY, TForm>(); n++)
            {
                int at = row + (n * rowsAtOnce);
                if (at >= rows) continue;
                Take<TForm>(values, bias, band + (uint)(at * rowBytes), at, part);
                if (TForm.IsGated)
                {
                    for (int k = 0; k < Eight; k++) values[k] = values[k] * KernelMath.Gelu(values[k + Eight]);
                }
                else if (!TForm.IsSplit)
                {
                    if (e.HasPerImage != 0)
                        AddFloats(values, 0, e.PerImage, ((long)PhaseForm.Image<TForm>(args, firstRow + at) * e.PerImageStride) + column);
                    if (TForm.HasActivation) Activate(values, e.Activation);
                    if (e.HasResidual != 0) TY.Add(values, residual, n);
                    if (e.HasMoments != 0) ProductMomentsTensor.Keep(values, band + (uint)(at * rowBytes), at, part);
                }

                TY.Store<TNumbers>(to + (ulong)(PhaseForm.Row<TForm>(args, firstRow + at) * e.Width * TY.Bytes), values);
            }
        }

        if (!TForm.IsGated && !TForm.IsSplit && e.HasMoments != 0)
            ProductMomentsTensor.Leave<TForm>(args, band, firstRow, firstColumn, columns, threads);
    }

    /// <summary>
    /// Rows that a thread works on at a time, so that their residuals are on their way together. Registers are few: those of bands that
    /// wait are full of sums.
    /// </summary>
    private static int InFlight<TY, TForm>()
        where TY : struct, IProductResult
        where TForm : struct, IProductForm => (TForm.HasActivation ? 8 : 16) / TY.Registers;

    /// <summary>Columns of the product that make eight results.</summary>
    private static int Columns<TForm>() where TForm : struct, IProductForm => TForm.IsGated ? 2 * Eight : Eight;

    /// <summary>A row's sums and the bias. Of a gated product values come first, then gates.</summary>
    private static void Take<TForm>(ArrayView<float> values, ArrayView<float> bias, uint row, int at, int part)
        where TForm : struct, IProductForm
    {
        for (int c = 0; c < Columns<TForm>() / 4; c++)
        {
            var s = TensorIntrinsics.LoadSharedFloats(row + (uint)SharedSums.Place(at, (part * Columns<TForm>() / 4) + c));
            if (TForm.IsGated)
            {
                values[2 * c] = s.A + bias[2 * c];
                values[Eight + (2 * c)] = s.B + bias[Eight + (2 * c)];
                values[(2 * c) + 1] = s.C + bias[(2 * c) + 1];
                values[Eight + (2 * c) + 1] = s.D + bias[Eight + (2 * c) + 1];
            }
            else
            {
                values[4 * c] = s.A + bias[4 * c];
                values[(4 * c) + 1] = s.B + bias[(4 * c) + 1];
                values[(4 * c) + 2] = s.C + bias[(4 * c) + 2];
                values[(4 * c) + 3] = s.D + bias[(4 * c) + 3];
            }
        }
    }

    private static void AddFloats(ArrayView<float> values, int first, Operand x, long at)
    {
        ulong from = TensorIntrinsics.GlobalAddress(ref x.Memory[0]) + (ulong)((x.Offset + at) * sizeof(float));
        for (int k = 0; k < 2; k++)
        {
            var s = TensorIntrinsics.LoadGlobalFloats(from + (ulong)(16 * k));
            values[first + (4 * k)] += s.A;
            values[first + (4 * k) + 1] += s.B;
            values[first + (4 * k) + 2] += s.C;
            values[first + (4 * k) + 3] += s.D;
        }
    }

    private static void Activate(ArrayView<float> values, Activation activation)
    {
        if (activation == Activation.Gelu)
        {
            for (int k = 0; k < Eight; k++) values[k] = KernelMath.Gelu(values[k]);
        }
        else
        {
            float slope = KernelMath.Slope(activation);
            for (int k = 0; k < Eight; k++) values[k] = KernelMath.Swish(values[k], slope);
        }
    }

    private static ulong Place<TY>(Operand x, long at) where TY : struct, IProductResult =>
        TensorIntrinsics.GlobalAddress(ref x.Memory[0]) + (ulong)((x.Offset + at) * TY.Bytes);
}
