using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// DOVER's technical view: a mosaic of 7 x 7 pieces of 32 x 32 pixels in the clip's own resolution, one from each cell of a grid. Where in
/// their cells they lie is drawn once for 32 frames. Frames that are smaller than the mosaic are enlarged, but the grid stays that of
/// their own size, so that it covers the upper left part alone: so the original does it, and so scores are comparable.
/// </summary>
internal sealed class Fragments
{
    /// <summary>Width and height of the mosaic, pixels.</summary>
    public const int Side = Grid * Piece;

    /// <summary>Bytes of a mosaic, [224,224,3].</summary>
    public const int Bytes = Side * Side * VideoFormat.Channels;

    private const int Grid = 7, Piece = 32;

    private readonly int _width, _height, _groups, _frameWidth;
    private readonly BilinearResize? _enlarge;
    private readonly float[] _floats = [];
    private readonly byte[] _frame;

    /// <summary>Draws the places.</summary>
    /// <param name="width">of the clip's frames, pixels</param>
    /// <param name="height">of the clip's frames, pixels</param>
    /// <param name="groups">how many sets of places, each for 32 frames</param>
    /// <param name="seed">of the Mersenne twister: all rows are drawn first, then all columns</param>
    /// <exception cref="InputException">a side is shorter than a piece</exception>
    public Fragments(int width, int height, int groups, uint seed)
    {
        if (Math.Min(width, height) < Piece)
        {
            throw new InputException(
                InputCode.OutOfRange,
                $"DOVER needs at least {Piece} x {Piece} pixels, and frames have {width} x {height}: give a larger clip");
        }

        (_width, _height, _groups, _frameWidth) = (width, height, groups, width);
        var draw = new MersenneTwister(seed);
        RowOffsets = Offsets(height, draw);
        ColumnOffsets = Offsets(width, draw);
        double ratio = Math.Min((double)height / Side, (double)width / Side);
        if (ratio >= 1)
        {
            _frame = new byte[height * width * VideoFormat.Channels];
            return;
        }

        double factor = 1 / ratio;
        (_frameWidth, int frameHeight) = ((int)(width * factor), (int)(height * factor));
        // A step in single precision, as torch has it.
        float step = (float)(1 / factor);
        _enlarge = new BilinearResize(width, height, _frameWidth, frameHeight, unit: byte.MaxValue, steps: (step, step));
        _frame = new byte[frameHeight * _frameWidth * VideoFormat.Channels];
        _floats = new float[_frame.Length];
    }

    /// <summary>Rows between the beginning of a cell and its piece, [7,7,groups].</summary>
    public IReadOnlyList<int> RowOffsets { get; }

    /// <summary>Columns between the beginning of a cell and its piece, [7,7,groups].</summary>
    public IReadOnlyList<int> ColumnOffsets { get; }

    /// <summary>Takes a frame, from which pieces are then cut.</summary>
    /// <param name="rgb">[H,W,3]</param>
    public void Take(ReadOnlySpan<byte> rgb)
    {
        if (_enlarge is null)
        {
            rgb.CopyTo(_frame);
            return;
        }

        _enlarge.Apply(rgb, _floats);
        // Cut off, not rounded, as the original does it.
        for (int i = 0; i < _frame.Length; i++) _frame[i] = (byte)(_floats[i] * byte.MaxValue);
    }

    /// <summary>Cuts the pieces of the frame that was taken.</summary>
    /// <param name="group">which set of places</param>
    /// <param name="mosaic">[224,224,3]</param>
    public void Cut(int group, Span<byte> mosaic)
    {
        const int Channels = VideoFormat.Channels;
        for (int i = 0; i < Grid; i++)
        {
            for (int j = 0; j < Grid; j++)
            {
                int place = (((i * Grid) + j) * _groups) + group;
                int top = Math.Min(_height / Grid * i, _height - Piece) + RowOffsets[place];
                int left = Math.Min(_width / Grid * j, _width - Piece) + ColumnOffsets[place];
                for (int y = 0; y < Piece; y++)
                {
                    var from = _frame.AsSpan((((top + y) * _frameWidth) + left) * Channels, Piece * Channels);
                    from.CopyTo(mosaic[(((((i * Piece) + y) * Side) + (j * Piece)) * Channels)..]);
                }
            }
        }
    }

    /// <summary>None is drawn where a cell has no room beside its piece; the last place is never taken.</summary>
    private int[] Offsets(int length, MersenneTwister draw)
    {
        int room = (length / Grid) - Piece, count = Grid * Grid * _groups;
        return [.. Enumerable.Range(0, count).Select(_ => room > 0 ? (int)(draw.Next() % (uint)room) : 0)];
    }
}
