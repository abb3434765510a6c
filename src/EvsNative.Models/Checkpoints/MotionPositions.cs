using System.Buffers;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// The tables of positions that files of motion modules store. They nearly always are the sinusoids that our network computes, rounded; so
/// they are not read, and one file in two types gives equal numbers. A table that was trained, moved or stretched is another one: it is
/// read. One with NaN or infinity is damaged, and computed too.
/// </summary>
internal static class MotionPositions
{
    /// <summary>What rounding to bfloat16 leaves, and more.</summary>
    private const double Rounding = 0.005;

    /// <summary>What rounding to 8 bits leaves, and more.</summary>
    private const double RoundingOf8Bits = 0.07;

    /// <summary>Numbers of the largest table that is looked at: 1 MiB. Real ones have up to 128 x 1,280.</summary>
    private const int MostNumbers = 1 << 18;

    /// <summary>The stored names of the tables to read: one for each module that has a table of its own.</summary>
    /// <exception cref="InputException">a module whose attentions have different tables, which no network here has</exception>
    public static IReadOnlySet<string> Own(IWeightFile stored)
    {
        var tables = stored.Names.Where(name => ComputedTables.IsOfFrames(name) && IsReadable(stored, name));
        var own = new HashSet<string>();
        float[] first = ArrayPool<float>.Shared.Rent(MostNumbers), other = ArrayPool<float>.Shared.Rent(MostNumbers);
        try
        {
            foreach (var module in tables.GroupBy(MotionTensorNames.Of))
            {
                if (module.Key is null) continue;
                string[] names = [.. module.Order(StringComparer.Ordinal)];
                bool[] areOwn = [.. names.Select(name => IsOwn(stored, name, first))];
                if (!areOwn.Contains(true)) continue;
                var shown = Read(stored, names[0], first);
                foreach (string name in names[1..])
                {
                    if (shown.SequenceEqual(Read(stored, name, other))) continue;
                    throw new InputException(
                        InputCode.Unsupported,
                        $"{stored.OriginOf(name)}: {InputText.Quote(names[0])} and {InputText.Quote(name)} differ: "
                        + "motion modules with two tables of positions are not computed here");
                }

                own.Add(names[0]);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(first);
            ArrayPool<float>.Shared.Return(other);
        }

        return own;
    }

    /// <summary>A table of usual axes, of a size that memory is spent on, and of a type that holds fractions.</summary>
    private static bool IsReadable(IWeightFile stored, string name) =>
        stored.FindShape(name, []) is [1, > 0 and <= InputLimits.Positions, > 0 and <= InputLimits.Channels] shape
        && shape[1] * shape[2] <= MostNumbers && TypeOf(stored, name) is null or StoredType.F16 or StoredType.BF16 or StoredType.F32
            or StoredType.F64 or StoredType.F8E4M3 or StoredType.F8E5M2;

    private static StoredType? TypeOf(IWeightFile stored, string name) => (stored as TensorFile)?.Tensors.GetValueOrDefault(name)?.Type;

    private static ReadOnlySpan<float> Read(IWeightFile stored, string name, float[] buffer)
    {
        var shape = stored.FindShape(name, [])!;
        var values = buffer.AsSpan(0, (int)(shape[1] * shape[2]));
        stored.Read(name, shape, values);
        return values;
    }

    private static bool IsOwn(IWeightFile stored, string name, float[] buffer)
    {
        var values = Read(stored, name, buffer);
        foreach (float value in values)
            if (!float.IsFinite(value)) return false;
        bool isOf8Bits = TypeOf(stored, name) is StoredType.F8E4M3 or StoredType.F8E5M2;
        double most = isOf8Bits ? RoundingOf8Bits : Rounding;
        var shape = stored.FindShape(name, [])!;
        return Sinusoids.PositionsDiffer(values, (int)shape[1], (int)shape[2], most);
    }
}
