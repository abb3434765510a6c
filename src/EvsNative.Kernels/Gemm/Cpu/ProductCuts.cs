namespace EvsNative.Kernels.Gemm;

/// <summary>
/// How a product is cut into work items: its tiles of rows and its panels of columns, each as evenly as whole ones allow. An item is large
/// enough that its sums fill the second cache, and small enough that each thread gets some; where there are few, all threads get equally
/// many, since the last item is waited for by all.
/// </summary>
/// <param name="Tiles">tiles of rows in all</param>
/// <param name="Panels">panels of columns in all</param>
/// <param name="RowItems">parts of the tiles</param>
/// <param name="PanelItems">parts of the panels</param>
internal readonly record struct ProductCuts(int Tiles, int Panels, int RowItems, int PanelItems)
{
    private const int FewTiles = 16, ManyTiles = 32;
    private const int ItemsPerThread = 4;

    /// <summary>Items in all.</summary>
    public int Items => checked(RowItems * PanelItems);

    /// <summary>Tiles of the tallest item.</summary>
    public int MostTiles => DivideUp(Tiles, RowItems);

    /// <summary>Panels of the widest item.</summary>
    public int MostPanels => DivideUp(Panels, PanelItems);

    /// <param name="threads">that share the items</param>
    /// <param name="tiles">tiles of rows, 1 or more</param>
    /// <param name="panels">panels of columns, 1 or more</param>
    /// <param name="widest">panels of an item, at most</param>
    public static ProductCuts Of(int threads, int tiles, int panels, int widest)
    {
        int wanted = threads * ItemsPerThread, narrowest = DivideUp(panels, widest);
        int rowItems = DivideUp(tiles, tiles / ManyTiles * narrowest >= wanted ? ManyTiles : FewTiles);
        int least = Math.Min(panels, Math.Max(narrowest, DivideUp(wanted, rowItems))), panelItems = least;
        while (rowItems * panelItems % threads != 0 && panelItems < panels && panelItems < least + threads) panelItems++;
        bool isFair = rowItems * panelItems % threads == 0;
        return new ProductCuts(tiles, panels, rowItems, isFair && rowItems * least < wanted * ItemsPerThread ? panelItems : least);
    }

    /// <summary>The tiles of an item, from the first to that behind the last.</summary>
    public (int First, int End) TilesOf(int item) => Part(Tiles, RowItems, item % RowItems);

    /// <summary>The panels of an item, from the first to that behind the last.</summary>
    public (int First, int End) PanelsOf(int item) => Part(Panels, PanelItems, item / RowItems);

    private static (int First, int End) Part(int all, int parts, int part) =>
        ((int)((long)all * part / parts), (int)((long)all * (part + 1) / parts));

    private static int DivideUp(int a, int b) => (a + b - 1) / b;
}
