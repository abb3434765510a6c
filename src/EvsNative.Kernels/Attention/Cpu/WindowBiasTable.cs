using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// The biases of one window and one head, mask and distances of fragments included, times sqrt(d).
/// <code>
/// table    band[place of the key in its frame][frame of the query - frame of the key][place of the query in its frame]
/// row      of a key: as many numbers as the window has tokens, from where the difference is 0 - frame of the key
/// regions  where a shift splits the frames of a window, a second band: queries whose frames are in another region than the key's
/// </code>
/// So a bias is computed once for all pairs of frames that are as far apart, and a row of them is read as it lies. Where a window has fewer
/// rows or columns than a whole one, a relative place says nothing of frames: then the table has a row for each key.
/// </summary>
internal readonly unsafe struct WindowBiasTable<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const float Hidden = 100;

    private readonly WindowGrid _grid;
    private readonly float _root;
    private readonly float* _within, _change, _band, _apart, _down, _downPenalty, _across, _acrossPenalty;
    private readonly float** _rows;

    /// <param name="memory"><see cref="Bytes"/> of it, aligned to a cache line</param>
    /// <param name="grid">the windows</param>
    /// <param name="within">the head's biases within a fragment, times sqrt(d); readable a vector beyond their end</param>
    /// <param name="change">what is added to them for each fragment of distance; likewise</param>
    /// <param name="root">sqrt(d)</param>
    public WindowBiasTable(byte* memory, in WindowGrid grid, float* within, float* change, float root)
    {
        (_grid, _root) = (grid, root);
        _within = within;
        _change = change;
        _rows = (float**)memory;
        _band = (float*)(_rows + Aligned(grid.Tokens));
        _apart = _band + BandSize(grid);
        _down = _apart + BandSize(grid);
        _downPenalty = _down + AcrossSize(grid.H);
        _across = _downPenalty + AcrossSize(grid.H);
        _acrossPenalty = _across + AcrossSize(grid.W);
    }

    /// <summary>Working memory of a table.</summary>
    public static long Bytes(in WindowGrid grid) =>
        (Aligned(grid.Tokens) * sizeof(float*)) + (2 * (BandSize(grid) + AcrossSize(grid.H) + AcrossSize(grid.W)) * sizeof(float));

    /// <summary>Queries from here on are in another region of frames, if any in the window are.</summary>
    /// <param name="place">the window's first frame</param>
    public int Split(int place) => Frames(place) * _grid.H.Window * _grid.W.Window;

    /// <summary>Computes the biases of a window that begins at this place of the shifted grid.</summary>
    public void Fill(int d, int h, int w)
    {
        Compare(_grid.H, h, _down, _downPenalty);
        Compare(_grid.W, w, _across, _acrossPenalty);
        if (IsWhole(_grid)) FillBands(d);
        else FillRows(d);
    }

    /// <summary>The biases for queries of one region of frames.</summary>
    /// <param name="place">the window's first frame</param>
    /// <param name="isSecond">which region</param>
    public WindowBias<TSimd, TVector> Rows(int place, bool isSecond)
    {
        int pixels = _grid.H.Window * _grid.W.Window, frames = _grid.D.Window, length = BandLength(_grid);
        if (!IsWhole(_grid))
        {
            for (int key = 0; key < _grid.Tokens; key++) _rows[key] = _band + ((long)key * _grid.Tokens);
            return new WindowBias<TSimd, TVector>(_rows);
        }

        int split = Frames(place), at = 0;
        for (int frame = 0; frame < frames; frame++)
        {
            float* row = (frame >= split == isSecond ? _band : _apart) + ((frames - 1 - frame) * pixels);
            for (int pixel = 0; pixel < pixels; pixel++) _rows[at++] = row + ((long)pixel * length);
        }

        return new WindowBias<TSimd, TVector>(_rows);
    }

    /// <summary>True where a relative place says how far apart frames are, whatever they are.</summary>
    private static bool IsWhole(in WindowGrid grid) => grid.H.Window == grid.H.Whole && grid.W.Window == grid.W.Whole;

    private static long Aligned(long count) => (count + 15) / 16 * 16;

    /// <summary>Biases of a key's place in its frame.</summary>
    private static int BandLength(in WindowGrid grid) => ((2 * grid.D.Window) - 1) * grid.H.Window * grid.W.Window;

    // A tile's columns may reach beyond the last query.
    private static long BandSize(in WindowGrid grid) => Aligned(AttentionTile<TSimd, TVector>.Columns + (IsWhole(grid)
        ? (long)BandLength(grid) * grid.H.Window * grid.W.Window
        : (long)grid.Tokens * grid.Tokens));

    private static long AcrossSize(in WindowAxis axis) => Aligned((axis.Window * (long)axis.Window) + TSimd.Count);

    /// <summary>Frames of a window in the region of its first.</summary>
    private int Frames(int place) => _grid.D.Region(place) == 1 ? _grid.D.Window - _grid.D.Shift : _grid.D.Window;

    /// <summary>
    /// How many fragments the places of an axis are apart, and what the mask takes from their scores: [key][query], and a vector of zeros.
    /// </summary>
    private void Compare(in WindowAxis axis, int first, float* distances, float* penalties)
    {
        int places = axis.Window;
        int* fragments = stackalloc int[places], regions = stackalloc int[places];
        for (int i = 0; i < places; i++) (fragments[i], regions[i]) = (axis.Fragment(first + i), axis.Region(first + i));
        for (int key = 0; key < places; key++)
        {
            for (int query = 0; query < places; query++)
            {
                *distances++ = Math.Abs(fragments[query] - fragments[key]);
                *penalties++ = regions[query] == regions[key] ? 0 : Hidden * _root;
            }
        }

        new Span<float>(distances, TSimd.Count).Clear();
        new Span<float>(penalties, TSimd.Count).Clear();
    }

    private void FillBands(int d)
    {
        int rows = _grid.H.Window, columns = _grid.W.Window, frames = _grid.D.Window;
        int tableRow = (2 * _grid.W.Whole) - 1, tableFrame = tableRow * ((2 * _grid.H.Whole) - 1);
        float* band = _band, apart = _apart;
        bool isSplit = Frames(d) < frames;
        var hidden = TSimd.Create(Hidden * _root);

        // The last vector of a row runs over into the next one's, which is written after it.
        for (int keyRow = 0; keyRow < rows; keyRow++)
        {
            float* down = _down + (keyRow * rows), downPenalty = _downPenalty + (keyRow * rows);
            for (int keyColumn = 0; keyColumn < columns; keyColumn++)
            {
                float* across = _across + (keyColumn * columns), penalty = _acrossPenalty + (keyColumn * columns);
                for (int frame = 1 - frames; frame < frames; frame++)
                {
                    int at = _grid.Own + (frame * tableFrame) - (keyRow * tableRow) - keyColumn;
                    for (int row = 0; row < rows; row++, at += tableRow, band += columns, apart += columns)
                    {
                        TVector far = TSimd.Create(down[row]), most = TSimd.Create(downPenalty[row]);
                        for (int c = 0; c < columns; c += TSimd.Count)
                        {
                            var fragments = TSimd.Add(TSimd.Load(across + c), far);
                            var bias = TSimd.MultiplyAdd(fragments, TSimd.Load(_change + at + c), TSimd.Load(_within + at + c));
                            TSimd.Store(TSimd.Subtract(bias, TSimd.Max(TSimd.Load(penalty + c), most)), band + c);
                            if (isSplit) TSimd.Store(TSimd.Subtract(bias, hidden), apart + c);
                        }
                    }
                }
            }
        }

        new Span<float>(band, AttentionTile<TSimd, TVector>.Columns).Clear();
        if (isSplit) new Span<float>(apart, AttentionTile<TSimd, TVector>.Columns).Clear();
    }

    private void FillRows(int d)
    {
        int tokens = _grid.Tokens, rows = _grid.H.Window, columns = _grid.W.Window;
        float* to = _band;
        for (int key = 0; key < tokens; key++)
        {
            int keyRow = key / columns % rows, keyColumn = key % columns, keyRegion = _grid.D.Region(d + (key / columns / rows));
            for (int query = 0; query < tokens; query++)
            {
                int down = (keyRow * rows) + (query / columns % rows), across = (keyColumn * columns) + (query % columns);
                int at = _grid.Own + _grid.Number(query) - _grid.Number(key);
                float penalty = _grid.D.Region(d + (query / columns / rows)) != keyRegion ? Hidden * _root
                    : Math.Max(_downPenalty[down], _acrossPenalty[across]);
                *to++ = float.MultiplyAddEstimate(_down[down] + _across[across], _change[at], _within[at]) - penalty;
            }
        }

        new Span<float>(to, AttentionTile<TSimd, TVector>.Columns).Clear();
    }
}
