using System.Globalization;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Cli.Report;

/// <summary>One measure before and after, in words.</summary>
/// <param name="Name">such as "Flicker"</param>
/// <param name="Meaning">what it is, its unit, and which way is better</param>
/// <param name="Before">formatted, a dash where there is none</param>
/// <param name="After">formatted, a dash where there is none</param>
/// <param name="Change">relative, or in dB; empty where there is none</param>
/// <param name="Better">whether it got better; null where that cannot be said</param>
internal sealed record MeasureRow(string Name, string Meaning, string Before, string After, string Change, bool? Better)
{
    private const string None = "–", Minus = "−";

    /// <summary>Flicker, residual and sharpness always, PSNR where the clean original is known.</summary>
    public static IReadOnlyList<MeasureRow> All(VideoMeasures before, VideoMeasures after)
    {
        var rows = new List<MeasureRow>
        {
            Relative(
                "Flicker", "change from frame to frame, grey levels; less is steadier", before.Flicker, after.Flicker, lessIsBetter: true),
            Relative("Residual", "the same after following motion; less is steadier", before.Residual, after.Residual, lessIsBetter: true),
            Relative(
                "Sharpness", "mean gradient, grey levels per pixel; more is sharper", before.Sharpness, after.Sharpness,
                lessIsBetter: false),
        };
        if (before.Psnr is not null || after.Psnr is not null)
            rows.Add(Decibel("PSNR", "nearness to the clean original, dB; more is nearer", before.Psnr, after.Psnr));
        return rows;
    }

    private static MeasureRow Relative(string name, string meaning, double? before, double? after, bool lessIsBetter)
    {
        bool comparable = before is > 0 && after is not null;
        double percent = comparable ? Math.Round((after!.Value / before!.Value - 1) * 100) : 0;
        string change = comparable ? $"{Signed(percent, "0")} %" : "";
        return new MeasureRow(name, meaning, Number(before), Number(after), change, percent == 0 ? null : percent < 0 == lessIsBetter);
    }

    private static MeasureRow Decibel(string name, string meaning, double? before, double? after)
    {
        bool comparable = before is { } b && after is { } a && double.IsFinite(b) && double.IsFinite(a);
        double gain = comparable ? Math.Round(after!.Value - before!.Value, 2) : 0;
        string change = comparable ? $"{Signed(gain, "0.00")} dB" : "";
        return new MeasureRow(name, meaning, Number(before), Number(after), change, gain == 0 ? null : gain > 0);
    }

    private static string Number(double? value) => value switch
    {
        null => None,
        double.PositiveInfinity => "∞",
        _ => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    private static string Signed(double value, string format)
    {
        string sign = value < 0 ? Minus : value > 0 ? "+" : "";
        return sign + Math.Abs(value).ToString(format, CultureInfo.InvariantCulture);
    }
}
