using System.Globalization;

namespace EvsNative.Pipelines.Compare;

/// <summary>A column of the tables, and an axis of the plots.</summary>
/// <param name="Key">its name for programs</param>
/// <param name="Title">its heading</param>
/// <param name="Unit">of its numbers; empty for none</param>
/// <param name="Digits">behind the point, as the paper prints them where it does</param>
/// <param name="MoreIsBetter">which way is better; null where that cannot be said</param>
/// <param name="Value">of a row; null where it has none</param>
public sealed record CompareColumn(
    string Key, string Title, string Unit, int Digits, bool? MoreIsBetter, Func<CompareRow, double?> Value)
{
    private const string None = "–", Infinite = "∞";

    /// <summary>MS.</summary>
    public static CompareColumn MotionSmoothness { get; } = new("ms", "MS", "", 4, true, row => row.Scores.MotionSmoothness);

    /// <summary>DOVER.</summary>
    public static CompareColumn Dover { get; } = new("dover", "DOVER", "", 2, true, row => row.Scores.Dover);

    /// <summary>Seconds for a clip: the only column that another machine has otherwise.</summary>
    public static CompareColumn Seconds { get; } = new("seconds", "seconds", "", 2, null, row => row.Seconds);

    /// <summary>PSNR to the clip that was given.</summary>
    public static CompareColumn PsnrToInput { get; } = new(
        "psnr_input", "PSNR to input", "dB", 2, null, row => row.Measures.PsnrToInput);

    /// <summary>What is left of the difference of neighbouring frames when motion is followed.</summary>
    public static CompareColumn Residual { get; } = new("residual", "residual", "grey levels", 2, false, row => row.Measures.Residual);

    /// <summary>Gradients.</summary>
    public static CompareColumn Sharpness { get; } = new(
        "sharpness", "sharpness", "grey levels a pixel", 2, true, row => row.Measures.Sharpness);

    /// <summary>All, the paper's first.</summary>
    public static IReadOnlyList<CompareColumn> All { get; } =
    [
        MotionSmoothness,
        new("sc", "SC", "", 4, true, row => row.Scores.SubjectConsistency),
        Dover,
        new("ap", "AP", "", 2, true, row => row.Scores.Aesthetic),
        new("overall", "Overall", "", 4, true, row => row.Overall),
        PsnrToInput,
        new("ssim_input", "SSIM to input", "", 3, null, row => row.Measures.SsimToInput),
        new("flicker", "flicker", "grey levels", 2, false, row => row.Measures.Flicker),
        Residual,
        Sharpness,
        new("psnr_clean", "PSNR to clean", "dB", 2, true, row => row.Measures.PsnrToClean),
        Seconds,
    ];

    /// <summary>Those in which a row has a number.</summary>
    public static IReadOnlyList<CompareColumn> In(IReadOnlyCollection<CompareRow> rows) =>
        [.. All.Where(column => rows.Any(row => column.Value(row) is not null))];

    /// <summary>Title and unit, such as "PSNR to input, dB".</summary>
    public string Heading => Unit.Length == 0 ? Title : $"{Title}, {Unit}";

    /// <summary>A row's number as text; a dash where it has none.</summary>
    public string Text(CompareRow row) => Value(row) switch
    {
        null or double.NaN => None,
        double.PositiveInfinity => Infinite,
        { } value => value.ToString($"F{Digits}", CultureInfo.InvariantCulture),
    };
}
