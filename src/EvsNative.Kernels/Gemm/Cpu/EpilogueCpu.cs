using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// What happens to finished rows of a product: bias, per-image vector, activation, residual or gate, and the way to their destination.
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

    /// <summary>The part that concerns one panel of the filter: to be asked once for all tiles of a panel.</summary>
    public readonly PanelEpilogue<TSimd, TVector> Of(int panel)
    {
        int section = panel / _layout.PanelsPerSection, at = panel % _layout.PanelsPerSection;
        bool isGated = _layout.Shape.IsGated;
        int span = isGated ? _layout.Columns / 2 : _layout.Columns, column = at * span;
        float* y = section == 0 ? _y0 : section == 1 ? _y1 : _y2, bias = From(_bias, (section * _width) + column);
        return new PanelEpilogue<TSimd, TVector>
        {
            Y = y + column,
            Stride = _width,
            Columns = Math.Min(span, _width - column),
            SumStride = _layout.Columns,
            Bias = bias,
            GateBias = isGated ? From(bias, _width) : null,
            Gates = isGated ? _layout.Vectors(panel) * TSimd.Count / 2 : 0,
            PerImage = From(_perImage, column),
            PerImageStride = _perImageStride,
            RowsPerImage = _rowsPerImage,
            Residual = From(_residual, column),
            Activation = _activation,
        };
    }

    /// <summary>Stores some rows of one panel.</summary>
    /// <param name="c">[rows][<see cref="PanelLayout.Columns"/>]</param>
    /// <param name="row">the first one's place in the destination</param>
    /// <param name="rows">how many</param>
    /// <param name="panel">which panel of the filter</param>
    public readonly void Store(float* c, long row, int rows, int panel) => Of(panel).Store(c, row, rows);

    private static float* From(float* numbers, int at) => numbers == null ? null : numbers + at;
}
