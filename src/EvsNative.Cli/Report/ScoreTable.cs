using EvsNative.Layers;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Scores;
using EvsNative.Pipelines.Settings;
using Spectre.Console;

namespace EvsNative.Cli.Report;

/// <summary>Scores for people: a line for each clip, their mean and spread, what they are made of, and how they are defined.</summary>
internal static class ScoreTable
{
    /// <summary>Prints to a console; texts of the user are printed as they are, never read as markup.</summary>
    public static void Print(IAnsiConsole console, ScoreSummary scores)
    {
        console.Write(Clips(scores));
        var facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        foreach (var (name, value) in Facts(scores)) facts.AddRow(new Text(name, new Style(Color.Grey)), new Text(value));
        console.Write(facts);
    }

    private static Table Clips(ScoreSummary scores)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        table.AddColumn("clip").AddColumn(new TableColumn("frames").RightAligned());
        foreach (var kind in scores.Kinds) table.AddColumn(new TableColumn(kind.Heading()).RightAligned());
        if (scores.IsCompared)
            foreach (string name in (string[])["PSNR", "SSIM"]) table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var clip in scores.Clips)
        {
            Row(
                clip.Clip, $"{clip.Frames}", kind => clip.ValueOf(kind), clip.Compared?.Psnr, clip.Compared?.Ssim, Style.Plain);
        }

        if (scores.Clips.Count < 2) return table;
        var (set, bold) = (scores.Set, new Style(decoration: Decoration.Bold));
        var (psnr, ssim) = (set.Of(clip => clip.Compared?.Psnr), set.Of(clip => clip.Compared?.Ssim));
        Row("mean", "", kind => set.Of(kind)?.Mean, psnr?.Mean, ssim?.Mean, bold);
        Row("spread", "", kind => set.Of(kind)?.Spread, psnr?.Spread, ssim?.Spread, new Style(Color.Grey));
        return table;

        void Row(string name, string frames, Func<ScoreKind, double?> value, double? decibel, double? similarity, Style style)
        {
            List<string> cells = [name, frames, .. scores.Kinds.Select(kind => ScoreText.Of(kind, value(kind)))];
            if (scores.IsCompared) cells.AddRange([ScoreText.Two(decibel), ScoreText.Four(similarity)]);
            table.AddRow(cells.Select(cell => new Text(cell, style)));
        }
    }

    private static IEnumerable<(string Name, string Value)> Facts(ScoreSummary scores)
    {
        if (scores.Set.Overall is { } overall)
            yield return ("Overall", $"{ScoreText.Four(overall)}, with D0 {ScoreText.Two(scores.Set.OriginalDover)}");
        if (scores is { Clips: [var clip] })
            foreach (var part in Parts(clip)) yield return part;
        foreach (var fault in scores.Clips.SelectMany(one => one.Faults)) yield return ("left out", fault.Message);
        foreach (var failed in scores.Failed) yield return ("failed", $"{failed.Clip}: {failed.Message}");
        foreach (var kind in scores.Kinds) yield return (kind.Heading(), ScoreDefinitions.Of(kind, scores.Request));
        if (scores.Set.Overall is not null) yield return ("Overall", ScoreDefinitions.Overall);
        if (scores.IsCompared) yield return ("compared", ScoreDefinitions.Compared);
        foreach (var judge in scores.Judges) yield return ("weights", $"{judge.Path}: {judge.Facts.Licence}");
        yield return ("device", $"{scores.Device}, float32");
    }

    /// <summary>What the scores of one clip are made of.</summary>
    private static IEnumerable<(string Name, string Value)> Parts(ClipScores clip)
    {
        if (clip.Motion is { } motion)
        {
            string pairs = Count(motion.Pairs, "pair"), mean = ScoreText.Two(motion.Pairs.Average());
            yield return ("MS of", $"{pairs} that differ by {mean} of 255 levels, {Range(motion.Pairs, ScoreText.Two)}");
        }

        if (clip.Subject is { } subject)
            yield return ("SC of", $"{Count(subject.Terms, "frame")}, {Range(subject.Terms, ScoreText.Four)}");
        if (clip.Dover is { } dover)
        {
            string spread = dover.Spread is { } deviation ? $"; {dover.Samples.Count} samples, spread {ScoreText.Two(deviation)}" : "";
            yield return ("DOVER of", $"technical {ScoreText.Two(dover.Technical)}, aesthetic {ScoreText.Two(dover.Aesthetic)}{spread}");
        }

        if (clip.Aesthetic is { } taste)
            yield return ("AP of", $"{Count(taste.Frames, "frame")}, {Range(taste.Frames, ScoreText.Two)}");
        if (clip.Compared is not { } compared) yield break;
        foreach (var (name, number) in Measures)
        {
            string before = ScoreText.Two(number(compared.Before)), after = ScoreText.Two(number(compared.After));
            yield return (name, $"{before} in the original, {after} in the clip");
        }
    }

    private static IEnumerable<(string Name, Func<VideoMeasures, double?> Number)> Measures =>
        [("flicker", m => m.Flicker), ("residual", m => m.Residual), ("sharpness", m => m.Sharpness)];

    private static string Range(IReadOnlyList<double> numbers, Func<double?, string> text) =>
        $"{text(numbers.Min())} to {text(numbers.Max())}";

    private static string Count(IReadOnlyList<double> numbers, string what) => $"{numbers.Count} {what}{(numbers.Count == 1 ? "" : "s")}";
}
