using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Cpu;

/// <summary>
/// Packs weights into panels of <see cref="GemmTile.Columns"/> output channels: panel[k][column], k running over (kernel row, kernel column, input
/// channel), so that a product reads them once, in order. Sections start at panels of their own; a gated panel holds as many values as
/// gates, side by side. Missing columns are zero.
/// </summary>
internal sealed unsafe class CpuFilters
{
    /// <summary>Panels of one section.</summary>
    public static int PanelsPerSection(FilterShape shape) => shape.IsGated
        ? Blocks(shape.Out / 2, GemmTile.Columns / 2)
        : Blocks(shape.Out / shape.Sections, GemmTile.Columns);

    /// <summary>Panels in all.</summary>
    public static int Panels(FilterShape shape) => PanelsPerSection(shape) * shape.Sections;

    /// <summary>Memory that the packed weights take.</summary>
    public static long PackedBytes(FilterShape shape) => (long)Panels(shape) * shape.Depth * GemmTile.Columns * sizeof(float);

    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights)
    {
        if (weights.Length != shape.Count) throw new ArgumentException($"pack: {weights.Length} weights do not fill {shape}");
        var buffer = new HostBuffer(PackedBytes(shape));
        float* y = (float*)buffer.Pointer;
        int taps = shape.Kernel * shape.Kernel, depth = shape.Depth;
        int panels = Panels(shape);

        fixed (float* w = weights)
        {
            for (int panel = 0; panel < panels; panel++, y += (long)depth * GemmTile.Columns)
            {
                new Span<float>(y, depth * GemmTile.Columns).Clear();
                for (int column = 0; column < GemmTile.Columns; column++)
                {
                    int output = Output(shape, panel, column);
                    if (output < 0) continue;
                    float* row = w + ((long)output * depth);
                    for (int tap = 0; tap < taps; tap++)
                    {
                        float* to = y + ((long)tap * shape.In * GemmTile.Columns) + column;
                        for (int c = 0; c < shape.In; c++) to[c * GemmTile.Columns] = row[(c * taps) + tap];
                    }
                }
            }
        }

        return new Filter(shape, buffer);
    }

    /// <summary>Which output channel of the checkpoint a column of a panel holds; -1 for none.</summary>
    private static int Output(FilterShape shape, int panel, int column)
    {
        if (shape.IsGated)
        {
            const int Half = GemmTile.Columns / 2;
            int inner = shape.Out / 2, at = (panel * Half) + (column % Half);
            return at >= inner ? -1 : column < Half ? at : inner + at;
        }

        int width = shape.Out / shape.Sections, perSection = PanelsPerSection(shape);
        int section = panel / perSection, within = (panel % perSection * GemmTile.Columns) + column;
        return within < width ? (section * width) + within : -1;
    }

    private static int Blocks(int count, int size) => (count + size - 1) / size;
}
