using System.Globalization;

namespace EvsNative.Pipelines.Settings;

/// <summary>
/// An amount of memory as it is written: a number and a unit without a blank between, 1.5GB. GB is 10^9 bytes, GiB is 2^30. A number
/// without a unit is refused: to some programs it is bytes, to others megabytes.
/// </summary>
internal static class ByteWords
{
    private static readonly (string Word, long Bytes)[] Units =
    [
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000),
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1),
    ];

    /// <summary>Reads an amount of at least a byte.</summary>
    public static bool TryRead(string text, out long bytes)
    {
        bytes = 0;
        var (word, unit) = Units.FirstOrDefault(unit => text.EndsWith(unit.Word, StringComparison.OrdinalIgnoreCase));
        if (word is null || !Numbers.TryNumber(text[..^word.Length], out double number)) return false;
        double all = Math.Round(number * unit);
        if (!(all is >= 1 and < long.MaxValue)) return false;
        bytes = (long)all;
        return true;
    }

    /// <summary>As it can be typed again: in the largest unit that holds it without a fraction.</summary>
    public static string Print(long bytes)
    {
        var (word, unit) = Units.First(unit => bytes % unit.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit}{word}");
    }

    /// <summary>What to write instead of a number without a unit, or with a blank before it.</summary>
    public static string Advice(string text)
    {
        string plain = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        return plain != text && TryRead(plain, out _) ? $": write {plain}"
            : Numbers.TryNumber(plain, out double number) && number > 0 ? $": write {plain}GB, {plain}MB or {plain}B"
            : "";
    }
}
