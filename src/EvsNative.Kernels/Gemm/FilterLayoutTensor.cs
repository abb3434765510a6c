namespace EvsNative.Kernels.Gemm;

/// <summary>
/// How tensor kernels keep weights: a row for each column (output channel), in which the summed axis lies in one piece, tap by tap,
/// channels innermost: [columns][kernel row][kernel column][channel]. That is what <c>ldmatrix</c> reads as a right operand. Each section
/// begins at a multiple of eight columns; a gated filter's values and gates alternate, so that a thread holds both. Missing columns are
/// zero. Behind them an enlarging filter has those of its four phases, [phase][columns][2][2][channel]: which taps are summed for which
/// phase, <see cref="IsOf"/> says. Nothing depends on the device.
/// </summary>
internal readonly struct FilterLayoutTensor
{
    /// <summary>What filters of this layout are called.</summary>
    public static readonly FilterLayout Layout = new("tensor rows");

    private const int Multiple = 8;

    private readonly FilterShape _shape;

    public FilterLayoutTensor(FilterShape shape)
    {
        _shape = shape;
        SectionColumns = ((shape.Out / shape.Sections) + Multiple - 1) / Multiple * Multiple;
    }

    /// <summary>Columns of a section, padding included.</summary>
    public int SectionColumns { get; }

    /// <summary>Columns in all.</summary>
    public int Columns => SectionColumns * _shape.Sections;

    /// <summary>Numbers in all.</summary>
    public long Count => PhaseStart + (_shape.IsEnlarging ? 16L * _shape.In * Columns : 0);

    /// <summary>Where those of the phases begin.</summary>
    public long PhaseStart => (long)_shape.Depth * Columns;

    /// <summary>
    /// True if a row of a 3x3 kernel meets the small image's row i - 1 + phase + tap for row 2 i + phase of the enlarged one; the same for
    /// columns.
    /// </summary>
    public static bool IsOf(int phase, int tap, int kernelRow) => (kernelRow + 1 + phase) / 2 == tap + phase;

    /// <summary>Which column an output channel of the checkpoint is.</summary>
    public int Column(int output)
    {
        int width = _shape.Out / _shape.Sections, half = _shape.Out / 2;
        if (_shape.IsGated) return output < half ? 2 * output : (2 * (output - half)) + 1;
        return (output / width * SectionColumns) + (output % width);
    }
}
