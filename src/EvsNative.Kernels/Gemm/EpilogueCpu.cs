using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>What happens to a finished 6 x 16 tile: bias, per-image vector, activation, residual or gate, and the way to its destination.</summary>
internal unsafe struct EpilogueCpu
{
    private const int Half = GemmTile.Columns / 2;

    private float* _y0, _y1, _y2;
    private float* _bias, _perImage, _residual;
    private long _perImageStride;
    private int _rowsPerImage, _width, _panelsPerSection;
    private Activation _activation;
    private bool _isGated;

    public static EpilogueCpu Of(Tensor y, Filter filter, in Epilogue e) => new()
    {
        _y0 = y.Floats(),
        _bias = e.Bias.Floats(),
        _perImage = e.PerImage.Floats(),
        _perImageStride = e.PerImage is { Shape.N: > 1 } ? y.Shape.C : 0,
        _residual = e.Residual.Floats(),
        _rowsPerImage = y.Shape.Pixels,
        _width = y.Shape.C,
        _panelsPerSection = CpuFilters.PanelsPerSection(filter.Shape),
        _activation = e.Activation,
        _isGated = filter.Shape.IsGated,
    };

    /// <summary>Sections 1 and 2 go to these tensors.</summary>
    public void Split(Tensor y1, Tensor? y2)
    {
        _y1 = y1.Floats();
        _y2 = y2.Floats();
    }

    /// <param name="c">[6][16]</param>
    /// <param name="row">first row of the tile</param>
    /// <param name="rows">rows that exist</param>
    /// <param name="panel">which panel of the filter</param>
    public readonly void Store(float* c, long row, int rows, int panel)
    {
        int section = panel / _panelsPerSection, at = panel % _panelsPerSection;
        float* y = section == 0 ? _y0 : section == 1 ? _y1 : _y2;
        if (_isGated) StoreGated(c, y, row, rows, at * Half);
        else StorePlain(c, y, row, rows, at * GemmTile.Columns, section * _width);
    }

    private readonly void StorePlain(float* c, float* y, long row, int rows, int column, int sectionStart)
    {
        int columns = Math.Min(GemmTile.Columns, _width - column);
        float* bias = _bias == null ? null : _bias + sectionStart + column;
        for (int i = 0; i < rows; i++, row++, c += GemmTile.Columns)
        {
            long to = (row * _width) + column;
            float* perImage = _perImage == null ? null : _perImage + (row / _rowsPerImage * _perImageStride) + column;
            int j = 0;
            for (; j <= columns - Vector256<float>.Count; j += Vector256<float>.Count)
            {
                var v = Vector256.Load(c + j);
                if (bias != null) v += Vector256.Load(bias + j);
                if (perImage != null) v += Vector256.Load(perImage + j);
                if (_activation != Activation.None) v = VectorMath.Activate(v, _activation);
                if (_residual != null) v += Vector256.Load(_residual + to + j);
                v.Store(y + to + j);
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

    private readonly void StoreGated(float* c, float* y, long row, int rows, int column)
    {
        int columns = Math.Min(Half, _width - column);
        var valueBias = Vector256<float>.Zero;
        var gateBias = Vector256<float>.Zero;
        if (_bias != null)
        {
            valueBias = Part(_bias + column, columns);
            gateBias = Part(_bias + _width + column, columns);
        }

        float* last = stackalloc float[Half];
        for (int i = 0; i < rows; i++, row++, c += GemmTile.Columns)
        {
            var v = (Vector256.Load(c) + valueBias) * VectorMath.Activate(Vector256.Load(c + Half) + gateBias, Activation.Gelu);
            float* to = y + (row * _width) + column;
            if (columns == Half)
            {
                v.Store(to);
                continue;
            }

            v.Store(last);
            for (int j = 0; j < columns; j++) to[j] = last[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Part(float* from, int count)
    {
        if (count == Half) return Vector256.Load(from);
        float* full = stackalloc float[Half];
        for (int j = 0; j < Half; j++) full[j] = j < count ? from[j] : 0;
        return Vector256.Load(full);
    }
}
