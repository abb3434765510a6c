using System.Globalization;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli.Report;

/// <summary>Scores as the paper prints them.</summary>
internal static class ScoreText
{
    private const string None = "–";

    /// <summary>The heading of a score's column: MS, SC, DOVER, AP.</summary>
    public static string Heading(this ScoreKind kind) => kind.Word().ToUpperInvariant();

    /// <summary>A score with the digits of its kind; a dash where there is none.</summary>
    public static string Of(ScoreKind kind, double? value) => kind is ScoreKind.Motion or ScoreKind.Subject ? Four(value) : Two(value);

    /// <summary>Such as "0.9881".</summary>
    public static string Four(double? value) => Number(value, "0.0000");

    /// <summary>Such as "73.20".</summary>
    public static string Two(double? value) => Number(value, "0.00");

    private static string Number(double? value, string format) => value switch
    {
        null or double.NaN => None,
        double.PositiveInfinity => "∞",
        _ => value.Value.ToString(format, CultureInfo.InvariantCulture),
    };
}
