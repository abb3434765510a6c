using System.Globalization;

namespace EvsNative.Pipelines.Settings;

/// <summary>The numbers that a setting may be.</summary>
/// <param name="Least">the smallest</param>
/// <param name="Most">the largest; infinite for none</param>
/// <param name="Bound">what the method calls the number that is the largest, where another setting decides it</param>
public sealed record SettingRange(double Least, double Most, string? Bound = null)
{
    /// <summary>True if a number is in it, as far as the setting alone can tell; NaN never is.</summary>
    public bool Contains(double value) => value >= Least && (Bound is not null || value <= Most);

    /// <summary>Such as "0 to 1", "0 or more" or "1 to T_I".</summary>
    public override string ToString() => Bound is { } bound
        ? string.Create(CultureInfo.InvariantCulture, $"{Least} to {bound}")
        : double.IsInfinity(Most)
            ? string.Create(CultureInfo.InvariantCulture, $"{Least} or more")
            : string.Create(CultureInfo.InvariantCulture, $"{Least} to {Most}");
}
