using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// How the output channels of a filter lie in panels as wide as a tile: panel[k][column], k running over (kernel row, kernel column, input
/// channel), so that a product reads them once, in order. Sections start at panels of their own; the last panel of a section is as narrow
/// as whole vectors allow. A gated panel holds as many values as gates, side by side. Missing columns are zero.
/// </summary>
internal readonly struct PanelLayout
{
    private readonly int _depth, _lane, _paddedWidth;

    public PanelLayout(FilterShape shape, int lane, int tileVectors)
    {
        (Shape, _depth, _lane, Columns) = (shape, shape.Depth, lane, lane * tileVectors);
        SectionWidth = shape.IsGated ? shape.Out / 2 : shape.Out / shape.Sections;
        int span = shape.IsGated ? Columns / 2 : Columns;
        PanelsPerSection = Blocks(SectionWidth, span);
        int rest = SectionWidth - ((PanelsPerSection - 1) * span);
        LastVectors = shape.IsGated ? 2 * Blocks(rest, lane) : Blocks(rest, lane);
        _paddedWidth = ((PanelsPerSection - 1) * Columns) + (LastVectors * lane);
    }

    public static PanelLayout Of<TSimd, TVector>(FilterShape shape) where TSimd : ISimd<TVector> where TVector : struct =>
        new(shape, TSimd.Count, TSimd.TileVectors);

    /// <summary>What filters in panels of these vectors are called.</summary>
    public static FilterLayout Layout<TSimd, TVector>() where TSimd : ISimd<TVector> where TVector : struct =>
        new("the processor's panels", TSimd.Count);

    public FilterShape Shape { get; }

    /// <summary>Columns of a full panel.</summary>
    public int Columns { get; }

    /// <summary>Output channels of one section, or values of a gated filter.</summary>
    public int SectionWidth { get; }

    public int PanelsPerSection { get; }

    /// <summary>Vectors across the last panel of a section.</summary>
    public int LastVectors { get; }

    public int Panels => PanelsPerSection * Shape.Sections;

    /// <summary>Numbers in all, padding included.</summary>
    public long Count => (long)Shape.Sections * _paddedWidth * _depth;

    /// <summary>Vectors across a panel.</summary>
    public int Vectors(int panel) => (panel + 1) % PanelsPerSection == 0 ? LastVectors : Columns / _lane;

    /// <summary>Where a panel begins, in numbers.</summary>
    public long Start(int panel) =>
        (long)_depth * ((panel / PanelsPerSection * (long)_paddedWidth) + (panel % PanelsPerSection * (long)Columns));

    /// <summary>Which output channel of the checkpoint a column of a panel holds; -1 for none.</summary>
    public int Output(int panel, int column)
    {
        int section = panel / PanelsPerSection, at = panel % PanelsPerSection;
        if (!Shape.IsGated)
        {
            int within = (at * Columns) + column;
            return within < SectionWidth ? (section * SectionWidth) + within : -1;
        }

        int half = Vectors(panel) * _lane / 2, value = (at * (Columns / 2)) + (column % half);
        return value >= SectionWidth ? -1 : column < half ? value : SectionWidth + value;
    }

    private static int Blocks(int count, int size) => (count + size - 1) / size;
}
