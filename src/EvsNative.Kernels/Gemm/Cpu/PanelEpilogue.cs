using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// The epilogue of a product for one panel of its filter. Stored numbers are
/// <code>
/// plain   activation(c + bias + perImage) + residual
/// gated   (value + bias) gelu(gate + bias)
/// </code>
/// The common cases, with neither a per-image vector nor an activation, are a handful of instructions a vector: the processor overlaps them
/// with the products of the next tile only if they are few.
/// </summary>
internal unsafe struct PanelEpilogue<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int LineNumbers = 16;

    /// <summary>Where the panel's first column goes; rows lie <see cref="Stride"/> numbers apart.</summary>
    public float* Y;

    /// <summary>Numbers from one row of the destination (and of the residual) to the next.</summary>
    public nint Stride;

    /// <summary>Columns that are stored; the sums may have more.</summary>
    public int Columns;

    /// <summary>Numbers from one row of sums to the next.</summary>
    public int SumStride;

    /// <summary>Where a row's gates begin behind its values; 0 if nothing is gated.</summary>
    public int Gates;

    /// <summary>For the panel's first column; null for none.</summary>
    public float* Bias, GateBias, PerImage, Residual;

    /// <summary>Numbers from one image's vector to the next one's; 0 if all share one.</summary>
    public long PerImageStride;

    public int RowsPerImage;

    public Activation Activation;

    /// <summary>
    /// Asks for the lines that <see cref="Store"/> will read and write. Asked for while the tile is multiplied, they cost nothing.
    /// </summary>
    public readonly void Prefetch(long row, int rows)
    {
        if (!Sse.IsSupported) return;
        Prefetch(Y + (row * Stride), rows);
        if (Residual != null) Prefetch(Residual + (row * Stride), rows);
    }

    /// <param name="c">[rows][<see cref="SumStride"/>]</param>
    /// <param name="row">the first one's place in the destination</param>
    /// <param name="rows">how many</param>
    public readonly void Store(float* c, long row, int rows)
    {
        if (Gates > 0) StoreGated(c, row, rows);
        else if (PerImage != null || Activation != Activation.None) StoreActivated(c, row, rows);
        else StorePlain(c, row, rows);
    }

    private readonly void Prefetch(float* numbers, int rows)
    {
        for (int i = 0; i < rows; i++, numbers += Stride)
            for (int j = 0; j < Columns; j += LineNumbers) Sse.Prefetch0(numbers + j);
    }

    private readonly void StorePlain(float* c, long row, int rows)
    {
        float* y = Y + (row * Stride), residual = Residual + (row * Stride);
        int j = 0;
        for (; j <= Columns - TSimd.Count; j += TSimd.Count)
        {
            var bias = Bias == null ? default : TSimd.Load(Bias + j);
            float* from = c + j, to = y + j;
            if (Residual == null)
            {
                for (int i = 0; i < rows; i++, from += SumStride, to += Stride) TSimd.Store(TSimd.Add(TSimd.Load(from), bias), to);
                continue;
            }

            float* rest = residual + j;
            for (int i = 0; i < rows; i++, from += SumStride, to += Stride, rest += Stride)
                TSimd.Store(TSimd.Add(TSimd.Add(TSimd.Load(from), bias), TSimd.Load(rest)), to);
        }

        for (; j < Columns; j++)
        {
            float bias = Bias == null ? 0 : Bias[j];
            for (int i = 0; i < rows; i++)
            {
                float v = c[(i * SumStride) + j] + bias;
                y[(i * Stride) + j] = Residual == null ? v : v + residual[(i * Stride) + j];
            }
        }
    }

    private readonly void StoreActivated(float* c, long row, int rows)
    {
        float* y = Y + (row * Stride), residual = Residual + (row * Stride);
        for (int i = 0; i < rows; i++, row++, c += SumStride, y += Stride, residual += Stride)
        {
            float* perImage = PerImage == null ? null : PerImage + (row / RowsPerImage * PerImageStride);
            int j = 0;
            for (; j <= Columns - TSimd.Count; j += TSimd.Count)
            {
                var v = TSimd.Load(c + j);
                if (Bias != null) v = TSimd.Add(v, TSimd.Load(Bias + j));
                if (perImage != null) v = TSimd.Add(v, TSimd.Load(perImage + j));
                if (Activation != Activation.None) v = Activate(v, Activation);
                if (Residual != null) v = TSimd.Add(v, TSimd.Load(residual + j));
                TSimd.Store(v, y + j);
            }

            for (; j < Columns; j++)
            {
                float v = c[j];
                if (Bias != null) v += Bias[j];
                if (perImage != null) v += perImage[j];
                if (Activation != Activation.None) v = VectorMath.Activate(v, Activation);
                if (Residual != null) v += residual[j];
                y[j] = v;
            }
        }
    }

    private readonly void StoreGated(float* c, long row, int rows)
    {
        float* y = Y + (row * Stride);
        int j = 0;
        for (; j <= Columns - TSimd.Count; j += TSimd.Count)
        {
            TVector valueBias = Bias == null ? default : TSimd.Load(Bias + j), gateBias = Bias == null ? default : TSimd.Load(GateBias + j);
            float* from = c + j, to = y + j;
            for (int i = 0; i < rows; i++, from += SumStride, to += Stride)
            {
                TVector value = TSimd.Add(TSimd.Load(from), valueBias), gate = TSimd.Add(TSimd.Load(from + Gates), gateBias);
                TSimd.Store(TSimd.Multiply(value, VectorMath<TSimd, TVector>.Gelu(gate)), to);
            }
        }

        for (; j < Columns; j++)
        {
            for (int i = 0; i < rows; i++)
            {
                float value = c[(i * SumStride) + j], gate = c[(i * SumStride) + Gates + j];
                if (Bias != null) (value, gate) = (value + Bias[j], gate + GateBias[j]);
                y[(i * Stride) + j] = value * VectorMath.Activate(gate, Activation.Gelu);
            }
        }
    }

    // Not inlined into the loop above: its common case has none, and the constants would crowd the registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector Activate(TVector v, Activation activation) => VectorMath<TSimd, TVector>.Activate(v, activation);
}
