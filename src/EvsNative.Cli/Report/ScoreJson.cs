using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Scores;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli.Report;

/// <summary>Scores for scripts. What could not be computed is null.</summary>
internal static class ScoreJson
{
    /// <summary>The object to write, but for what was said meanwhile.</summary>
    public static object Of(ScoreSummary scores, IEnumerable<object> warnings) => new
    {
        version = RefineRun.Version,
        clips = scores.Clips.Select(Clip),
        failed = scores.Failed,
        mean = Set(scores, one => one?.Mean),
        spread = Set(scores, one => one?.Spread),
        originalDover = scores.Set.OriginalDover,
        overall = scores.Set.Overall,
        definitions = scores.Kinds.ToDictionary(kind => kind.Word(), kind => ScoreDefinitions.Of(kind, scores.Request)),
        dover = new { seed = scores.Request.DoverSeed, samples = scores.Request.DoverSamples, antialias = scores.Request.DoverAntialias },
        judges = scores.Judges.Select(judge => new { judge = judge.Facts.Word, judge.Path, judge.Facts.Licence }),
        device = scores.Device,
        precision = "float32",
        warnings,
    };

    private static object Clip(ClipScores clip) => new
    {
        clip.Clip,
        clip.Frames,
        clip.Width,
        clip.Height,
        ms = clip.Motion?.Value,
        sc = clip.Subject?.Value,
        dover = clip.Dover?.Value,
        ap = clip.Aesthetic?.Value,
        doverTechnical = clip.Dover?.Technical,
        doverAesthetic = clip.Dover?.Aesthetic,
        doverSamples = clip.Dover?.Samples,
        doverSpread = clip.Dover?.Spread,
        motionPairs = clip.Motion?.Pairs,
        subjectTerms = clip.Subject?.Terms,
        aestheticFrames = clip.Aesthetic?.Frames,
        originalDover = clip.OriginalDover?.Value,
        psnr = clip.Compared?.Psnr,
        ssim = clip.Compared?.Ssim,
        before = Measures(clip.Compared?.Before),
        after = Measures(clip.Compared?.After),
        faults = clip.Faults.Select(fault => new { score = fault.Kind?.Word(), code = Layers.InputCodes.Word(fault.Code), fault.Message }),
    };

    private static object? Measures(VideoMeasures? measures) =>
        measures is null ? null : new { measures.Flicker, measures.Residual, measures.Sharpness };

    private static Dictionary<string, double?> Set(ScoreSummary scores, Func<MeanSpread?, double?> number)
    {
        var told = ScoreWords.All.ToDictionary(kind => kind.Word(), kind => number(scores.Set.Of(kind)));
        told["psnr"] = number(scores.Set.Of(clip => clip.Compared?.Psnr));
        told["ssim"] = number(scores.Set.Of(clip => clip.Compared?.Ssim));
        return told;
    }
}
