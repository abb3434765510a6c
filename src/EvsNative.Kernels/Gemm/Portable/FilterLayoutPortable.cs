namespace EvsNative.Kernels.Gemm;

/// <summary>
/// How the portable kernels keep weights: a row of columns for each (kernel row, kernel column, input channel), so that neighbouring
/// threads read neighbouring columns. Columns are output channels. Each section begins at a multiple of four columns; a gated filter's
/// values and gates alternate, so that a thread holds both. Missing columns are zero. Nothing depends on the device.
/// </summary>
internal readonly struct FilterLayoutPortable
{
    /// <summary>What filters of this layout are called.</summary>
    public static readonly FilterLayout Layout = new("portable columns");

    private readonly FilterShape _shape;

    public FilterLayoutPortable(FilterShape shape)
    {
        _shape = shape;
        SectionColumns = ((shape.Out / shape.Sections) + 3) / 4 * 4;
    }

    /// <summary>Columns of a section, padding included.</summary>
    public int SectionColumns { get; }

    /// <summary>Columns in all.</summary>
    public int Columns => SectionColumns * _shape.Sections;

    /// <summary>Numbers in all.</summary>
    public long Count => (long)_shape.Depth * Columns;

    /// <summary>Where an output channel of the checkpoint lies.</summary>
    public int Column(int output)
    {
        int width = _shape.Out / _shape.Sections, half = _shape.Out / 2;
        if (_shape.IsGated) return output < half ? 2 * output : (2 * (output - half)) + 1;
        return (output / width * SectionColumns) + (output % width);
    }
}
