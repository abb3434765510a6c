using System.Buffers;
using EvsNative.Layers;

namespace EvsNative.Models.Adapters;

/// <summary>
/// A matrix [rows, columns] that a file holds as a product of two, or of three in Tucker's form:
/// <code>
/// m[o, c] = sum over i of up[o, i] down[i, c]
/// m[o, (c, t)] = sum over i, j of up[o, i] core[i, j, t] down[j, c]          t: the taps of a convolution
/// </code>
/// </summary>
internal sealed class Factors
{
    private const int ColumnsAtOnce = 64;

    private readonly LoraFile _file;
    private readonly string _up, _down;
    private readonly string? _core;
    private readonly int _inner, _taps;
    private readonly bool _isUpTurned;

    /// <summary>Checks the shapes.</summary>
    /// <param name="file">where the tensors are</param>
    /// <param name="up">[rows, rank]</param>
    /// <param name="down">[rank, columns]</param>
    /// <param name="core">[rank, rank of down, taps], if there is one</param>
    /// <param name="isUpTurned">the upper factor is stored as [rank, rows]: LoHa's and LoKr's with a core</param>
    /// <exception cref="InputException">they do not belong together</exception>
    public Factors(LoraFile file, string up, string down, string? core = null, bool isUpTurned = false)
    {
        (_file, _up, _down, _core, _isUpTurned) = (file, up, down, core, isUpTurned);
        var (first, second) = Sides(file, up);
        (Rows, Rank) = isUpTurned ? (second, first) : (first, second);
        (_inner, int across) = Sides(file, down);
        var cores = core is null ? [Rank, _inner] : file.ShapeOf(core);
        bool fits = cores.Count >= 2 && cores[0] == Rank && cores[1] == _inner && (core is not null || Rank == _inner);
        long taps = cores.Skip(2).Aggregate(1L, (product, length) => product * length);
        long columns = taps * across, numbers = Math.Max(columns * Math.Max(Rank, _inner), (long)Rows * Rank);
        if (!fits || numbers is 0 or > InputLimits.WeightElements)
        {
            throw new InputException(
                InputCode.Damaged,
                $"{file.Path}: {InputText.Quote(up)} {Text(file, up)} and {InputText.Quote(down)} {Text(file, down)} "
                + "are no factors of one matrix: download it again");
        }

        (_taps, Columns) = ((int)taps, (int)columns);
    }

    /// <summary>Rows of the matrix.</summary>
    public int Rows { get; }

    /// <summary>Columns of the matrix, the taps of a convolution among them.</summary>
    public int Columns { get; }

    /// <summary>The length that upper and lower factor share.</summary>
    public int Rank { get; }

    /// <summary>The rank that alpha is divided by: that of the lower factor.</summary>
    public int AlphaRank => _inner;

    /// <summary>
    /// Writes the upper factor times a number to rows of <paramref name="stride"/> numbers, from column <paramref name="at"/> on.
    /// </summary>
    public void WriteUp(Span<float> rows, int stride, int at, float scale)
    {
        float[] read = ArrayPool<float>.Shared.Rent(Rows * Rank);
        var up = read.AsSpan(0, Rows * Rank);
        _file.Read(_up, up);
        for (int o = 0; o < Rows; o++)
        {
            var to = rows.Slice((o * stride) + at, Rank);
            if (_isUpTurned)
                for (int i = 0; i < Rank; i++) to[i] = scale * up[(i * Rows) + o];
            else
                for (int i = 0; i < Rank; i++) to[i] = scale * up[(o * Rank) + i];
        }

        ArrayPool<float>.Shared.Return(read);
    }

    /// <summary>Writes the lower factor, with the core in it, turned: a row for each column of the matrix.</summary>
    public void WriteDown(Span<float> rows, int stride, int at)
    {
        int across = Columns / _taps;
        float[] read = ArrayPool<float>.Shared.Rent(_inner * across);
        var down = read.AsSpan(0, _inner * across);
        _file.Read(_down, down);
        if (_core is null)
        {
            for (int from = 0; from < Columns; from += ColumnsAtOnce)
            {
                int to = Math.Min(from + ColumnsAtOnce, Columns);
                for (int i = 0; i < Rank; i++)
                    for (int c = from; c < to; c++) rows[(c * stride) + at + i] = down[(i * Columns) + c];
            }
        }
        else
        {
            float[] core = new float[Rank * _inner * _taps];
            _file.Read(_core, core);
            for (int c = 0; c < across; c++)
            {
                for (int t = 0; t < _taps; t++)
                {
                    var to = rows.Slice((((c * _taps) + t) * stride) + at, Rank);
                    for (int i = 0; i < Rank; i++)
                    {
                        float sum = 0;
                        for (int j = 0; j < _inner; j++) sum += core[(((i * _inner) + j) * _taps) + t] * down[(j * across) + c];
                        to[i] = sum;
                    }
                }
            }
        }

        ArrayPool<float>.Shared.Return(read);
    }

    /// <summary>The matrix itself into <paramref name="values"/>.</summary>
    public void Multiply(Span<float> values, MergeDevice d)
    {
        float[] up = ArrayPool<float>.Shared.Rent(Rows * Rank), down = ArrayPool<float>.Shared.Rent(Columns * Rank);
        WriteUp(up, Rank, 0, 1);
        WriteDown(down, Rank, 0);
        d.Product(values, up.AsSpan(0, Rows * Rank), down.AsSpan(0, Columns * Rank), Rank);
        ArrayPool<float>.Shared.Return(up);
        ArrayPool<float>.Shared.Return(down);
    }

    /// <summary>The first length and the product of the others: convolutions of one tap, and with all taps in a row.</summary>
    /// <exception cref="InputException">a single number, or more than can be worked on</exception>
    internal static (int Rows, int Columns) Sides(LoraFile file, string name)
    {
        var shape = file.ShapeOf(name);
        long rest = shape.Skip(1).Aggregate(1L, (product, length) => product * length);
        if (shape.Count > 0 && shape[0] * rest is > 0 and <= InputLimits.WeightElements) return ((int)shape[0], (int)rest);
        throw new InputException(
            InputCode.Damaged, $"{file.Path}: tensor {InputText.Quote(name)} {Text(file, name)} is no matrix: download it again");
    }

    /// <summary>[a,b]</summary>
    internal static string Text(LoraFile file, string name) => $"[{string.Join(',', file.ShapeOf(name))}]";
}
