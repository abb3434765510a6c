using System.Globalization;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

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
    /// <summary>Less than this is shown as 0.00, and nothing is a percentage of it.</summary>
    private const double Least = 0.005;

    private const string None = "–", Minus = "−";

    /// <summary>All that is known of a run: the measures, and the paper's scores where they were asked for.</summary>
    public static IReadOnlyList<MeasureRow> Of(RunSummary run) => [.. All(run.Before, run.After), .. run.Scores.Select(Of)];

    /// <summary>
    /// Flicker, residual and sharpness always, PSNR where the clean original is known. Only what is real is praised: a picture that lost
    /// its edges or stands still is steady for nothing, and noise is not sharp.
    /// </summary>
    public static IReadOnlyList<MeasureRow> All(VideoMeasures before, VideoMeasures after)
    {
        var flicker = Relative(
            "Flicker", "change from frame to frame, grey levels; less is steadier", before.Flicker, after.Flicker, lessIsBetter: true);
        var residual = Relative(
            "Residual", "the same after following motion; less is steadier", before.Residual, after.Residual, lessIsBetter: true);
        var sharpness = Relative(
            "Sharpness", "mean gradient, grey levels per pixel; more is sharper", before.Sharpness, after.Sharpness, lessIsBetter: false);
        bool isDull = sharpness.Better == false || after.Sharpness is < Least, isFrozen = after.Flicker is < Least;
        bool isNoise = Ratio(before.Residual, after.Residual) > Ratio(before.Sharpness, after.Sharpness);
        List<MeasureRow> rows =
        [
            flicker.Unpraised(isDull || isFrozen), residual.Unpraised(isDull || isFrozen),
            sharpness.Unpraised(isNoise && residual.Better == false),
        ];
        if (before.Psnr is not null || after.Psnr is not null)
            rows.Add(Decibel("PSNR", "nearness to the clean original, dB; more is nearer", before.Psnr, after.Psnr));
        return rows;
    }

    private static MeasureRow Of(ScoreChange change)
    {
        string before = ScoreText.Of(change.Score, change.Before), after = ScoreText.Of(change.Score, change.After);
        string meaning = change.Score switch
        {
            ScoreKind.Motion => "motion smoothness, 0 to 1; more is smoother",
            ScoreKind.Subject => "subject consistency, 0 to 1; more is steadier",
            ScoreKind.Dover => "quality of the video, 0 to 100; more is better",
            _ => "aesthetic score, about 1 to 10; more is better",
        };
        double? gain = change.After - change.Before;
        string sign = gain > 0 ? "+" : gain < 0 ? Minus : "";
        string words = gain is null ? "" : sign + ScoreText.Of(change.Score, Math.Abs(gain.Value));
        return new MeasureRow(change.Score.Heading(), meaning, before, after, words, before == after ? null : gain > 0);
    }

    private static MeasureRow Relative(string name, string meaning, double? before, double? after, bool lessIsBetter)
    {
        (string change, bool? better) = (before, after) switch
        {
            (null or double.NaN, _) or (_, null or double.NaN) => ("", null),
            ( < Least, < Least) => ("0 %", null),
            // More of what there was nothing of: flicker is worse, but gradients may be noise.
            ( < Least, _) => ("from zero", lessIsBetter ? false : null),
            _ => Percent(after.Value / before.Value, lessIsBetter),
        };
        return new MeasureRow(name, meaning, Number(before), Number(after), change, better);
    }

    private static MeasureRow Decibel(string name, string meaning, double? before, double? after)
    {
        (string change, bool? better) = (before, after) switch
        {
            (null or double.NaN, _) or (_, null or double.NaN) => ("", null),
            (double.PositiveInfinity, double.PositiveInfinity) => ("0.00 dB", null),
            (_, double.PositiveInfinity) => ("equal now", true),
            (double.PositiveInfinity, _) => ("equal no more", false),
            _ => Gain(after.Value - before.Value),
        };
        return new MeasureRow(name, meaning, Number(before), Number(after), change, better);
    }

    private static (string Change, bool? Better) Percent(double ratio, bool lessIsBetter)
    {
        double percent = Math.Round((ratio - 1) * 100);
        return ($"{Signed(percent, "0")} %", percent == 0 ? null : percent < 0 == lessIsBetter);
    }

    private static (string Change, bool? Better) Gain(double decibel)
    {
        double gain = Math.Round(decibel, 2);
        return ($"{Signed(gain, "0.00")} dB", gain == 0 ? null : gain > 0);
    }

    private static double? Ratio(double? before, double? after) => before is > 0 ? after / before : null;

    private static string Number(double? value) => value switch
    {
        null or double.NaN => None,
        double.PositiveInfinity => "∞",
        _ => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    private static string Signed(double value, string format)
    {
        string sign = value < 0 ? Minus : value > 0 ? "+" : "";
        return sign + Math.Abs(value).ToString(format, CultureInfo.InvariantCulture);
    }

    private MeasureRow Unpraised(bool isHollow) => isHollow && Better == true ? this with { Better = null } : this;
}
