using EvsNative.Models;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Scores;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Scores;

/// <summary>
/// What only the judges' own weights can show; networks with weights by formula know nothing of beauty. The weights are not shipped: a
/// folder with their files is named by EVSNATIVE_JUDGES.
/// </summary>
public sealed class RealJudgesTests
{
    private const string Variable = "EVSNATIVE_JUDGES";

    [Fact]
    public void A_still_clip_is_smooth_and_consistent()
    {
        using var judges = Open(JudgeKind.Amt, JudgeKind.Dino);
        var one = Large(TestVideos.Demo("clean"));
        byte[] pixels = [.. Enumerable.Range(0, 5).SelectMany(_ => one.Frame(0).ToArray())];
        var still = TestVideos.Of(pixels, 5, one.Height, one.Width, one.Rate, "still");
        var scores = Score(judges, still);
        Assert.InRange(scores.Motion!.Value, 0.995, 1);
        Assert.Equal(1, scores.Subject!.Value, 1e-6);
    }

    [Fact]
    public void A_clip_of_an_odd_number_of_frames_is_as_smooth_backwards()
    {
        using var judges = Open(JudgeKind.Amt);
        var clip = Large(TestVideos.Demo("clean"));
        VideoFrames Cut(IEnumerable<int> frames) => TestVideos.Of(
            [.. frames.SelectMany(i => clip.Frame(i).ToArray())], 7, clip.Height, clip.Width, clip.Rate, "cut");
        double there = Score(judges, Cut(Enumerable.Range(0, 7))).Motion!.Value;
        double back = Score(judges, Cut(Enumerable.Range(0, 7).Reverse())).Motion!.Value;
        Assert.Equal(there, back, 0.002);
    }

    [Fact]
    public void Noise_is_neither_beautiful_nor_good_nor_smooth()
    {
        using var judges = Open(JudgeKind.Amt, JudgeKind.Dover, JudgeKind.AestheticHead, JudgeKind.Siglip);
        var clean = Large(TestVideos.Demo("clean"));
        var dice = new Random(1);
        byte[] pixels = clean.Pixels;
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)Math.Clamp(pixels[i] + dice.Next(-60, 61), 0, 255);
        var (good, bad) = (Score(judges, clean), Score(judges, clean.With(pixels, clean.Height, clean.Width)));
        foreach (var kind in (ScoreKind[])[ScoreKind.Motion, ScoreKind.Dover, ScoreKind.Aesthetic])
            Assert.True(bad.ValueOf(kind) < good.ValueOf(kind), $"{kind.Name()}: {good.ValueOf(kind)} clean, {bad.ValueOf(kind)} noisy");
    }

    private static VideoFrames Large(VideoFrames clip) => PixelResize.Bicubic(clip, 256, 256);

    private static ClipScores Score(JudgeSet judges, VideoFrames clip) =>
        new ScoreRun(judges).Score(ClipSource.Of(clip), clip.Source, stop: TestContext.Current.CancellationToken);

    /// <summary>The judges that a test needs; skips it where one is not there.</summary>
    private static JudgeSet Open(params JudgeKind[] kinds)
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        string[] names = [.. kinds.Select(kind => JudgeFiles.Of(kind).FileName)];
        bool isThere = folder is not null && kinds.All(kind => JudgeFiles.Find(folder, kind) is not null);
        if (!isThere) Assert.Skip($"judges' weights are not here: put {string.Join(", ", names)} into a folder and name it in {Variable}");
        var judges = JudgeSet.Open(
            new ScoreRequest
            {
                Judges = kinds.ToDictionary(kind => kind, kind => JudgeFiles.Find(folder!, kind)!),
                Kinds = [.. ScoreWords.All.Where(kind => kind.Judges().All(kinds.Contains))],
            },
            stop: TestContext.Current.CancellationToken);
        Assert.Empty(judges.Notices);
        return judges;
    }
}
