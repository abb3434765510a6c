using System.Globalization;

namespace EvsNative.Models.Evs;

/// <summary>The range of one number of a configuration.</summary>
/// <param name="Property">name of the property of <see cref="EvsConfig"/></param>
/// <param name="Symbol">what the method calls it, such as "t_I"</param>
/// <param name="Value">what it is</param>
/// <param name="Least">the smallest allowed</param>
/// <param name="Most">the largest allowed</param>
/// <param name="Bound">symbol of the number that is the largest allowed, where another setting decides it</param>
public sealed record EvsLimit(string Property, string Symbol, double Value, double Least, double Most, string? Bound = null)
{
    /// <summary>True if the number is in its range; NaN never is.</summary>
    public bool Holds => Value >= Least && Value <= Most;

    /// <summary>Such as "0 to 1", "1 or more" or "1 to T_I = 50".</summary>
    public string Range => Bound is { } bound
        ? string.Create(CultureInfo.InvariantCulture, $"{Least} to {bound} = {Most}")
        : double.IsInfinity(Most)
            ? string.Create(CultureInfo.InvariantCulture, $"{Least} or more")
            : string.Create(CultureInfo.InvariantCulture, $"{Least} to {Most}");
}
