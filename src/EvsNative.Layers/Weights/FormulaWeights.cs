using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace EvsNative.Layers;

/// <summary>
/// Weights made by formula: every tensor that is asked for is there, with numbers that depend on its name and shape alone. With U(name, j)
/// in -1..1, a hash of the name's CRC-32 and the flat index, a tensor with two or more axes is U sqrt(3 / fan-in), a norm's weight 1 + 0.1
/// U, another vector 0.1 U, an embedding of the text encoder and a table of positions or tokens of a vision transformer 0.5 U. Goldens of
/// full-size networks need no files this way. Source: tests/reference/evs_torch.py, formula_weight, and metrics_nets.py,
/// fill_metric_weights; the numbers are equal bit by bit.
/// </summary>
public sealed class FormulaWeights : IWeightFile
{
    private const int NumbersPerTask = 1 << 16;

    /// <summary>Ends of the names of such tables. Scaled by their fan-in, as other tensors are, they would count for nothing.</summary>
    private static readonly string[] Tables = ["cls_token", "pos_embed", "position_embedding.weight", "head.probe"];

    /// <inheritdoc/>
    public string Origin => "weights by formula";

    /// <summary>None: any name is made up when asked for.</summary>
    public IReadOnlyCollection<string> Names => [];

    /// <inheritdoc/>
    public long Count => 0;

    /// <summary>Test inputs: scale U(name, j), rounded to float32; sqrt 3 gives unit variance.</summary>
    public static float[] Input(string name, long count, double scale = 1.7320508075688772)
    {
        float[] values = new float[count];
        Fill(name, values, scale, 0);
        return values;
    }

    /// <inheritdoc/>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => wanted;

    /// <inheritdoc/>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        if (Tables.Any(table => name.EndsWith(table, StringComparison.Ordinal)))
        {
            Fill(name, values, 0.5, 0);
        }
        else if (shape.Count >= 2)
        {
            long fanIn = shape.Skip(1).Aggregate(1L, (product, length) => product * length);
            bool Has(string part) => name.Contains(part, StringComparison.Ordinal);
            bool isOfText = Has("embedding.weight") && Has("text_model");
            Fill(name, values, isOfText && shape.Count == 2 ? 0.5 : Math.Sqrt(3.0 / fanIn), 0);
        }
        else
        {
            Fill(name, values, 0.1, name.EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0);
        }
    }

    /// <summary>values[j] = offset + scale U(name, j), computed in float64.</summary>
    internal static unsafe void Fill(string name, Span<float> values, double scale, double offset)
    {
        uint start = Crc32(name);
        int count = values.Length;
        fixed (float* pinned = values)
        {
            if (count <= NumbersPerTask)
            {
                FillRange(pinned, 0, count, start, scale, offset);
                return;
            }

            nint address = (nint)pinned;
            Parallel.For(0, (count + NumbersPerTask - 1) / NumbersPerTask, task =>
            {
                int from = task * NumbersPerTask;
                FillRange((float*)address, from, Math.Min(count, from + NumbersPerTask), start, scale, offset);
            });
        }
    }

    private static unsafe void FillRange(float* values, int from, int to, uint start, double scale, double offset)
    {
        const uint step = 0x9E3779B1;
        var lanes = Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7) * Vector256.Create(step);
        // U = (hash - 2^31) / 2^31; dividing the scale by the power of two changes no rounding.
        double unit = scale / 2147483648.0;
        int j = from;
        for (; j <= to - 8; j += 8)
        {
            var hash = Mix(Vector256.Create(start + ((uint)j * step)) + lanes);
            var lower = Affine(Vector256.WidenLower(hash), unit, offset);
            var upper = Affine(Vector256.WidenUpper(hash), unit, offset);
            Vector256.Narrow(lower, upper).Store(values + j);
        }

        for (; j < to; j++) values[j] = (float)(offset + (unit * (int)(Mix(start + ((uint)j * step)) ^ 0x80000000)));
    }

    /// <summary>offset + unit (hash - 2^31). An integer below 2^32 put into the low bits of 2^52 is a double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Affine(Vector256<ulong> hash, double unit, double offset)
    {
        const double two52 = 4503599627370496, two31 = 2147483648;
        var shifted = (hash | Vector256.Create(0x4330000000000000ul)).AsDouble() - Vector256.Create(two52 + two31);
        return Vector256.Create(offset) + (shifted * Vector256.Create(unit));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Mix(Vector256<uint> h)
    {
        h ^= h >>> 16;
        h *= Vector256.Create(0x85EBCA6Bu);
        h ^= h >>> 13;
        h *= Vector256.Create(0xC2B2AE35u);
        return h ^ (h >>> 16);
    }

    private static uint Mix(uint h)
    {
        h ^= h >> 16;
        h *= 0x85EBCA6B;
        h ^= h >> 13;
        h *= 0xC2B2AE35;
        return h ^ (h >> 16);
    }

    /// <summary>The CRC-32 of zlib.</summary>
    internal static uint Crc32(string name)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }

        return ~crc;
    }
}
