using System.Globalization;

namespace EvsNative.Fuzz.Running;

/// <summary>
/// The most memory that this process has held at one time since <see cref="Reset"/>, as Linux counts it: what decoders take outside of the
/// garbage collector's memory is seen here alone. Elsewhere it is 0.
/// </summary>
internal static class ResidentPeak
{
    private const string Status = "/proc/self/status", Line = "VmHWM:", ResetPlace = "/proc/self/clear_refs", ResetPeak = "5";

    /// <summary>Bytes.</summary>
    public static long Bytes
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return 0;
            string line = File.ReadLines(Status).First(line => line.StartsWith(Line, StringComparison.Ordinal));
            return long.Parse(line.AsSpan(Line.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) << 10;
        }
    }

    /// <summary>Starts again from what is held now.</summary>
    public static void Reset()
    {
        if (OperatingSystem.IsLinux()) File.WriteAllText(ResetPlace, ResetPeak);
    }
}
