using System.Text;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Scores;

namespace EvsNative.Cli.Report;

/// <summary>Scores for tables: a line for each clip (RFC 4180), numbers with a point, nothing where there is none.</summary>
internal static class ScoreCsv
{
    private static readonly (string Name, Func<ClipScores, double?> Number)[] Columns =
    [
        ("frames", clip => clip.Frames), ("width", clip => clip.Width), ("height", clip => clip.Height),
        ("ms", clip => clip.Motion?.Value), ("sc", clip => clip.Subject?.Value), ("dover", clip => clip.Dover?.Value),
        ("ap", clip => clip.Aesthetic?.Value), ("dover_technical", clip => clip.Dover?.Technical),
        ("dover_aesthetic", clip => clip.Dover?.Aesthetic), ("original_dover", clip => clip.OriginalDover?.Value),
        ("psnr", clip => clip.Compared?.Psnr), ("ssim", clip => clip.Compared?.Ssim),
        ("flicker_before", clip => clip.Compared?.Before.Flicker), ("flicker", clip => clip.Compared?.After.Flicker),
        ("residual_before", clip => clip.Compared?.Before.Residual), ("residual", clip => clip.Compared?.After.Residual),
        ("sharpness_before", clip => clip.Compared?.Before.Sharpness), ("sharpness", clip => clip.Compared?.After.Sharpness),
    ];

    /// <summary>The whole file.</summary>
    public static string Of(ScoreSummary scores)
    {
        var text = new StringBuilder();
        Line(["clip", .. Columns.Select(column => column.Name), "faults"]);
        foreach (var clip in scores.Clips)
        {
            string faults = string.Join("; ", clip.Faults.Select(fault => fault.Message));
            Line([clip.Clip, .. Columns.Select(column => CsvLine.Number(column.Number(clip))), faults]);
        }

        foreach (var failed in scores.Failed) Line([failed.Clip, .. Columns.Select(_ => ""), failed.Message]);
        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append(CsvLine.Of(cells));
    }
}
