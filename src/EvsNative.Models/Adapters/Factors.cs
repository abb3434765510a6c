using System.Buffers;
using System.Runtime.InteropServices;
using EvsNative.Kernels;
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

    /// <summary>Reads the factors, which stay valid until they are given back.</summary>
    /// <param name="scale">factor of the product</param>
    public RankTerm Rent(double scale) => new(RentUp(), RentDown(), Rank, (float)scale);

    /// <summary>Gives back what <see cref="Rent"/> gave.</summary>
    public static void Return(RankTerm term)
    {
        Return(term.Up);
        Return(term.Down);
    }

    /// <summary>The matrix itself into <paramref name="values"/>.</summary>
    public void Multiply(Span<float> values, RankUpdate update)
    {
        values.Clear();
        var term = Rent(1);
        update.Add(values, Columns, term);
        Return(term);
    }

    private ReadOnlyMemory<float> RentUp()
    {
        var up = Read(_up, Rows * Rank);
        if (!_isUpTurned) return up;
        var turned = ArrayPool<float>.Shared.Rent(up.Length).AsMemory(0, up.Length);
        var from = up.Span;
        var to = turned.Span;
        for (int o = 0; o < Rows; o++)
        {
            for (int i = 0; i < Rank; i++) to[(o * Rank) + i] = from[(i * Rows) + o];
        }

        Return(up);
        return turned;
    }

    /// <summary>The lower factor, with the core in it.</summary>
    private ReadOnlyMemory<float> RentDown()
    {
        int across = Columns / _taps;
        var down = Read(_down, _inner * across);
        if (_core is null) return down;
        var core = Read(_core, Rank * _inner * _taps);
        var whole = ArrayPool<float>.Shared.Rent(Rank * Columns).AsMemory(0, Rank * Columns);
        Span<float> from = down.Span, between = core.Span, to = whole.Span;
        to.Clear();
        for (int i = 0; i < Rank; i++)
        {
            var row = to.Slice(i * Columns, Columns);
            for (int j = 0; j < _inner; j++)
            {
                var taps = between.Slice(((i * _inner) + j) * _taps, _taps);
                for (int c = 0; c < across; c++)
                    for (int t = 0; t < _taps; t++) row[(c * _taps) + t] += taps[t] * from[(j * across) + c];
            }
        }

        Return(down);
        Return(core);
        return whole;
    }

    private Memory<float> Read(string name, int count)
    {
        var values = ArrayPool<float>.Shared.Rent(count).AsMemory(0, count);
        _file.Read(name, values.Span);
        return values;
    }

    private static void Return(ReadOnlyMemory<float> values)
    {
        if (MemoryMarshal.TryGetArray(values, out var rented)) ArrayPool<float>.Shared.Return(rented.Array!);
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
