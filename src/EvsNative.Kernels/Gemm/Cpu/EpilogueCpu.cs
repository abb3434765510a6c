using System.Runtime.CompilerServices;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// What happens to finished rows of a tile: bias, per-image vector, activation, residual or gate, and the way to their destination.
/// </summary>
internal unsafe struct EpilogueCpu<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private PanelLayout _layout;
    private float* _y0, _y1, _y2;
    private float* _bias, _perImage, _residual;
    private long _perImageStride;
    private int _rowsPerImage, _width;
    private Activation _activation;

    public static EpilogueCpu<TSimd, TVector> Of(Tensor y, Filter filter, in Epilogue e) => new()
    {
        _layout = PanelLayout.Of<TSimd, TVector>(filter.Shape),
        _y0 = y.Floats(),
        _bias = e.Bias.Floats(),
        _perImage = e.PerImage.Floats(),
        _perImageStride = e.PerImage is { Shape.N: > 1 } ? y.Shape.C : 0,
        _residual = e.Residual.Floats(),
        _rowsPerImage = y.Shape.Pixels,
        _width = y.Shape.C,
        _activation = e.Activation,
    };

    /// <summary>Sections 1 and 2 go to these tensors.</summary>
    public void Split(Tensor y1, Tensor? y2)
    {
        _y1 = y1.Floats();
        _y2 = y2.Floats();
    }

    /// <param name="c">[rows][<see cref="PanelLayout.Columns"/>]</param>
    /// <param name="row">the first one's place in the destination</param>
    /// <param name="rows">how many</param>
    /// <param name="panel">which panel of the filter</param>
    public readonly void Store(float* c, long row, int rows, int panel)
    {
        int section = panel / _layout.PanelsPerSection, at = panel % _layout.PanelsPerSection;
        float* y = section == 0 ? _y0 : section == 1 ? _y1 : _y2;
        if (_layout.Shape.IsGated) StoreGated(c, y, row, rows, at * (_layout.Columns / 2), _layout.Vectors(panel) * TSimd.Count / 2);
        else StorePlain(c, y, row, rows, at * _layout.Columns, section * _width);
    }

    private readonly void StorePlain(float* c, float* y, long row, int rows, int column, int sectionStart)
    {
        int columns = Math.Min(_layout.Columns, _width - column);
        float* bias = _bias == null ? null : _bias + sectionStart + column;
        for (int i = 0; i < rows; i++, row++, c += _layout.Columns)
        {
            long to = (row * _width) + column;
            float* perImage = _perImage == null ? null : _perImage + (row / _rowsPerImage * _perImageStride) + column;
            int j = 0;
            for (; j <= columns - TSimd.Count; j += TSimd.Count)
            {
                var v = TSimd.Load(c + j);
                if (bias != null) v = TSimd.Add(v, TSimd.Load(bias + j));
                if (perImage != null) v = TSimd.Add(v, TSimd.Load(perImage + j));
                if (_activation != Activation.None) v = Activate(v, _activation);
                if (_residual != null) v = TSimd.Add(v, TSimd.Load(_residual + to + j));
                TSimd.Store(v, y + to + j);
            }

            for (; j < columns; j++)
            {
                float v = c[j];
                if (bias != null) v += bias[j];
                if (perImage != null) v += perImage[j];
                if (_activation != Activation.None) v = VectorMath.Activate(v, _activation);
                if (_residual != null) v += _residual[to + j];
                y[to + j] = v;
            }
        }
    }

    private readonly void StoreGated(float* c, float* y, long row, int rows, int column, int half)
    {
        int columns = Math.Min(half, _width - column);
        float* valueBias = _bias == null ? null : _bias + column, gateBias = _bias == null ? null : _bias + _width + column;
        for (int i = 0; i < rows; i++, row++, c += _layout.Columns)
        {
            float* to = y + (row * _width) + column;
            int j = 0;
            for (; j <= columns - TSimd.Count; j += TSimd.Count)
            {
                TVector value = TSimd.Load(c + j), gate = TSimd.Load(c + half + j);
                if (valueBias != null)
                    (value, gate) = (TSimd.Add(value, TSimd.Load(valueBias + j)), TSimd.Add(gate, TSimd.Load(gateBias + j)));
                TSimd.Store(TSimd.Multiply(value, VectorMath<TSimd, TVector>.Gelu(gate)), to + j);
            }

            for (; j < columns; j++)
            {
                float value = c[j], gate = c[half + j];
                if (valueBias != null) (value, gate) = (value + valueBias[j], gate + gateBias[j]);
                to[j] = value * VectorMath.Activate(gate, Activation.Gelu);
            }
        }
    }

    // Not inlined into the loops above: their common case has none, and the constants would crowd the registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector Activate(TVector v, Activation activation) => VectorMath<TSimd, TVector>.Activate(v, activation);
}
