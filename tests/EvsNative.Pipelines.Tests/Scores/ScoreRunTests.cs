using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Scores;
using EvsNative.Pipelines.Settings;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Scores;

/// <summary>What is computed of a clip when not all can be, and what is told.</summary>
public sealed class ScoreRunTests : IDisposable
{
    private readonly JudgeSet _judges = SmallJudges.Open(new ScoreRequest());

    /// <summary>Without DOVER, which takes seconds.</summary>
    private readonly JudgeSet _quick = SmallJudges.Open(
        new ScoreRequest { Kinds = [ScoreKind.Motion, ScoreKind.Subject, ScoreKind.Aesthetic] });

    public void Dispose()
    {
        _judges.Dispose();
        _quick.Dispose();
    }

    [Fact]
    public void A_clip_that_some_judges_cannot_use_has_the_other_scores()
    {
        var one = Score(FormulaClip.Of(1, 64, 80));
        Assert.Equal([ScoreKind.Motion, ScoreKind.Subject], one.Faults.Select(fault => fault.Kind));
        Assert.All(one.Faults, fault => Assert.Equal(InputCode.OutOfRange, fault.Code));
        Assert.True(one is { Motion: null, Subject: null, Dover: not null, Aesthetic: not null });

        var two = Score(FormulaClip.Of(2, 120, 130), _quick);
        Assert.Equal([ScoreKind.Motion], two.Faults.Select(fault => fault.Kind));
        Assert.Equal((2, 130, 120), (two.Frames, two.Width, two.Height));

        var low = Score(FormulaClip.Of(3, 112, 200), _quick);
        Assert.Contains("113 x 113", Assert.Single(low.Faults).Message, StringComparison.Ordinal);

        var tiny = Score(FormulaClip.Of(3, 24, 200));
        Assert.Equal([ScoreKind.Motion, ScoreKind.Dover], tiny.Faults.Select(fault => fault.Kind));
        Assert.NotNull(tiny.Aesthetic);
    }

    [Fact]
    public void Each_score_is_that_of_its_judge_alone_and_the_same_again()
    {
        var clip = FormulaClip.Of(3, 120, 130);
        var (all, again) = (Score(clip), Score(clip, _quick));
        foreach (var kind in ScoreWords.All)
        {
            using var judges = SmallJudges.Open(kind);
            var alone = Score(clip, judges);
            Assert.Equal(all.ValueOf(kind), alone.ValueOf(kind));
            if (_quick.Kinds.Contains(kind)) Assert.Equal(all.ValueOf(kind), again.ValueOf(kind));
            Assert.All(ScoreWords.All.Except([kind]), other => Assert.Null(alone.ValueOf(other)));
        }
    }

    /// <summary>Weights that are missing or another's leave their score out, with a line, and no other.</summary>
    [Fact]
    public void What_cannot_be_loaded_is_left_out_with_a_line()
    {
        using var judges = SmallJudges.Open(new ScoreRequest(), kind => kind switch
        {
            JudgeKind.Amt => null,
            JudgeKind.Siglip => new FormulaWeights(),
            JudgeKind.AestheticHead => null,
            JudgeKind.Dover => throw new InputException(InputCode.Damaged, "DOVER.pth: the file was cut off"),
            _ => new FormulaWeights(),
        });
        Assert.Equal([ScoreKind.Subject], judges.Kinds);
        Assert.Equal(3, judges.Notices.Count);
        Assert.All(judges.Notices, notice => Assert.Equal(NoticeCode.LeftOut, notice.Code));
        Assert.StartsWith("motion smoothness is left out, its weights are not given: get amt-s.pth from ", judges.Notices[0].Message,
            StringComparison.Ordinal);
        Assert.Equal("DOVER is left out: DOVER.pth: the file was cut off", judges.Notices[1].Message);
        Assert.Contains("give it with --aesthetic", judges.Notices[2].Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--siglip", judges.Notices[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clip_is_compared_with_its_original()
    {
        VideoFrames original = FormulaClip.Of(3, 60, 80), clip = PixelResize.Bicubic(FormulaClip.Of(3, 64, 84), 160, 120);
        using var judges = SmallJudges.Open(ScoreKind.Dover);
        var run = new ScoreRun(judges);
        var scores = run.Score(ClipSource.Of(clip), "clip", ClipSource.Of(original), TestContext.Current.CancellationToken);
        var scaled = PixelResize.Bicubic(original, 160, 120);
        Assert.Equal(VideoMeasures.PsnrOf(clip, scaled), scores.Compared!.Psnr, 1e-9);
        Assert.Equal(VideoMeasures.Of(scaled), scores.Compared.Before);
        Assert.Equal(VideoMeasures.Of(clip), scores.Compared.After);
        Assert.InRange(scores.Compared.Ssim!.Value, 0, 0.99);
        Assert.Equal(Score(original, judges).Dover!.Value, scores.OriginalDover!.Value);

        var quick = new ScoreRun(_quick);
        var same = quick.Score(ClipSource.Of(clip), "clip", ClipSource.Of(clip), TestContext.Current.CancellationToken);
        Assert.Null(same.OriginalDover);
        Assert.Equal((double.PositiveInfinity, 1), (same.Compared!.Psnr, Math.Round(same.Compared.Ssim!.Value, 9)));
    }

    [Fact]
    public void An_original_of_another_length_is_a_line_and_the_scores_are_there()
    {
        ClipSource clip = ClipSource.Of(FormulaClip.Of(3, 60, 80)), original = ClipSource.Of(FormulaClip.Of(4, 60, 80));
        var scores = new ScoreRun(_quick).Score(clip, "clip", original, TestContext.Current.CancellationToken);
        var fault = scores.Faults[^1];
        Assert.Equal((null, InputCode.Mismatch), (fault.Kind, fault.Code));
        Assert.Contains("clip has 3 frames, the original of clip has 4", fault.Message, StringComparison.Ordinal);
        Assert.True(scores is { Subject: not null, Aesthetic: not null, Compared: null });
    }

    [Fact]
    public void Progress_grows_from_nothing_to_all_over_every_score()
    {
        var told = new List<RunStatus>();
        var run = new ScoreRun(_judges) { Progress = new Told(told) };
        run.Score(ClipSource.Of(FormulaClip.Of(3, 120, 130)), "fox.mp4", stop: TestContext.Current.CancellationToken);
        Assert.Equal(0, told[0].Share);
        Assert.Equal(1, told[^1].Share, 1e-9);
        Assert.Equal(told.Select(status => status.Share).Order(), told.Select(status => status.Share));
        Assert.All(told, status => Assert.Equal(RunPart.Score, status.Part));
        Assert.Equal(
            ["motion smoothness of fox.mp4", "subject consistency of fox.mp4", "DOVER of fox.mp4", "aesthetic score of fox.mp4"],
            told.Select(status => status.What).Distinct());
    }

    /// <summary>
    /// With its flows silenced the real AMT-S gives the mean of its two pictures: a still clip loses at most a level by rounding, and a
    /// clip of an odd number of frames is as smooth backwards.
    /// </summary>
    [Fact]
    public void A_network_without_flows_takes_the_middle_of_two_pictures()
    {
        using var judges = SmallJudges.Open(ScoreKind.Motion, _ => new Silenced(new FormulaWeights()));
        var run = new ScoreRun(judges);
        var one = FormulaClip.Of(1, 114, 130);
        var still = TestVideos.Of([.. Enumerable.Range(0, 3).SelectMany(_ => one.Pixels)], 3, 114, 130, one.Rate, "still");
        Assert.InRange(Motion(still).Value, 1 - (1 / 255.0), 1);

        var clip = FormulaClip.Of(5, 114, 130);
        var reversed = TestVideos.Of(
            [.. Enumerable.Range(0, 5).Reverse().SelectMany(i => clip.Frame(i).ToArray())], 5, 114, 130, clip.Rate, "reversed");
        var (there, back) = (Motion(clip), Motion(reversed));
        Assert.Equal(there.Pairs, back.Pairs.Reverse(), (a, b) => Math.Abs(a - b) < 0.02);
        Assert.InRange(there.Value, 0.5, 0.99);

        MotionScore Motion(VideoFrames video) =>
            run.Score(ClipSource.Of(video), "clip", stop: TestContext.Current.CancellationToken).Motion!;
    }

    [Fact]
    public void A_still_clip_is_consistent_by_the_real_arithmetic()
    {
        var one = FormulaClip.Of(1, 90, 130);
        var still = TestVideos.Of([.. Enumerable.Range(0, 4).SelectMany(_ => one.Pixels)], 4, 90, 130, one.Rate, "still");
        Assert.Equal(1, Score(still, _quick).Subject!.Value, 1e-9);
    }

    [Fact]
    public void What_is_no_number_is_no_score_and_the_others_are_there()
    {
        using var judges = SmallJudges.Open(
            new ScoreRequest { Kinds = [ScoreKind.Subject, ScoreKind.Aesthetic] },
            kind => kind == JudgeKind.Dino ? new CalmedWeights(new FormulaWeights(), ["norm.weight"], 3e38f) : new FormulaWeights());
        var scores = Score(FormulaClip.Of(2, 64, 80), judges);
        var fault = Assert.Single(scores.Faults);
        Assert.Equal((ScoreKind.Subject, InputCode.Damaged), (fault.Kind, fault.Code));
        Assert.True(scores is { Subject: null, Aesthetic: not null });
    }

    private ClipScores Score(VideoFrames clip, JudgeSet? judges = null) =>
        new ScoreRun(judges ?? _judges).Score(ClipSource.Of(clip), "clip", stop: TestContext.Current.CancellationToken);

    private sealed class Told(List<RunStatus> told) : IProgress<RunStatus>
    {
        public void Report(RunStatus value) => told.Add(value);
    }

    /// <summary>AMT's weights with the ends of its decoders, updates and combination at zero, so that nothing moves.</summary>
    private sealed class Silenced(IWeightFile weights) : IWeightFile
    {
        private static readonly string[] Ends =
        [
            "decoder4.convblock.2.", "decoder3.convblock.2.", "decoder2.convblock.2.", "decoder1.convblock.2.", "comb_block.2.",
            "update4.flow_head.2.", "update3.flow_head.2.", "update2.flow_head.2.",
        ];

        public string Origin => weights.Origin;

        public IReadOnlyCollection<string> Names => weights.Names;

        public long Count => weights.Count;

        public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => weights.FindShape(name, wanted);

        public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
        {
            weights.Read(name, shape, values);
            if (Ends.Any(end => name.StartsWith(end, StringComparison.Ordinal))) values.Clear();
        }
    }
}
