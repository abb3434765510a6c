using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Tests.Judges;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Scores;

namespace EvsNative.Pipelines.Tests.Scores;

/// <summary>From what networks say to scores, with networks that say something known.</summary>
public sealed class ScoreFormulaTests
{
    [Theory]
    [InlineData("VC2 original")]
    [InlineData("VC2 EVS")]
    [InlineData("VC2 Rerender")]
    [InlineData("AD2 EVS")]
    public void Overall_repeats_the_papers_tables(string row)
    {
        var json = MetricGolden.Case("overall").GetProperty("rows").GetProperty(row);
        double[] v = [.. json.EnumerateArray().Select(value => value.GetDouble())];
        double overall = Overall.Of(v[0], v[1], v[2], v[3], v[4]);
        Assert.Equal(MetricGolden.Numbers("overall", row)[0], overall, 1e-6);
        // What the paper prints, by scores that it rounds to four digits.
        Assert.InRange(overall - v[5], -0.0005, 0.0005);
    }

    [Theory]
    [InlineData("0.1 -0.05", 0.1, -0.05)]
    [InlineData("0.1107 -0.08285", 0.1107, -0.08285)]
    public void Dovers_branches_are_fused_as_in_the_original(string row, double technical, double aesthetic)
    {
        var json = MetricGolden.Case("overall").GetProperty("dover").GetProperty(row);
        double[] wanted = [.. json.EnumerateArray().Select(v => v.GetDouble())];
        var (t, a, both) = DoverQuality.Fused(technical, aesthetic);
        Assert.Equal(wanted, [t, a, both], (x, y) => Math.Abs(x - y) < 1e-4);
    }

    [Fact]
    public void Movement_that_is_foreseen_is_smooth_and_a_jump_is_not()
    {
        // The middle of 10 and 31 is 20.5, which is cut off to 20; the last frame belongs to no pair.
        var steady = Flat(10, 20, 31, 41, 52, 90);
        var score = MotionSmoothness.Of(steady, Mean);
        Assert.Equal([0, 0], score.Pairs);
        Assert.Equal(1, score.Value);

        // 20 is 5 levels from 25; the middle of 31 and 31 is 31, 4 from 27.
        var jumpy = MotionSmoothness.Of(Flat(10, 25, 31, 27, 31), Mean);
        Assert.Equal([5, 4], jumpy.Pairs);
        Assert.Equal((255 - 4.5) / 255, jumpy.Value, 1e-12);
    }

    [Fact]
    public void A_last_frame_of_an_odd_number_is_not_read()
    {
        int seen = 0;
        var clip = FormulaClip.Scored(4, 120, 120);
        var score = MotionSmoothness.Of(clip, (shape, first, second, middle) =>
        {
            seen++;
            first.CopyTo(middle);
        });
        Assert.Equal((1, 1), (seen, score.Pairs.Count));
    }

    /// <summary>A network that does not tell its two pictures apart gives a clip and its reverse one score.</summary>
    [Fact]
    public void A_reversed_clip_of_an_odd_number_of_frames_is_as_smooth()
    {
        var clip = FormulaClip.Of(7, 120, 136);
        var reversed = TestVideos.Of(
            [.. Enumerable.Range(0, 7).Reverse().SelectMany(i => clip.Frame(i).ToArray())], 7, 120, 136, clip.Rate, "reversed");
        var (there, back) = (MotionSmoothness.Of(FormulaClip.Scored(clip), Mean), MotionSmoothness.Of(FormulaClip.Scored(reversed), Mean));
        Assert.Equal(there.Pairs, back.Pairs.Reverse());
        Assert.Equal(there.Value, back.Value, 1e-12);
    }

    [Fact]
    public void Consistency_is_half_the_frame_before_and_half_the_first()
    {
        float[][] features = [[2, 0], [3, 3], [0, 5], [-1, 0]];
        int next = 0;
        var score = SubjectConsistency.Of(Flat(1, 2, 3, 4), (_, _) => features[next++]);
        double half = Math.Sqrt(0.5);
        // Frame 3 is opposite to the first and at a right angle to the one before: no cosine counts below 0.
        double[] wanted = [half, (half + 0) / 2, 0];
        Assert.Equal(wanted, score.Terms, (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal(wanted.Average(), score.Value, 1e-12);
    }

    [Fact]
    public void A_still_clip_is_smooth_and_consistent()
    {
        var one = FormulaClip.Of(1, 130, 140);
        var still = FormulaClip.Scored(
            TestVideos.Of([.. Enumerable.Range(0, 5).SelectMany(_ => one.Pixels)], 5, 130, 140, one.Rate, "still"));
        Assert.Equal(1, MotionSmoothness.Of(still, (_, first, _, middle) => first.CopyTo(middle)).Value);
        float[] Feature(Shape shape, ReadOnlySpan<float> picture) => [.. picture[..500]];
        Assert.Equal(1, SubjectConsistency.Of(still, Feature).Value, 1e-12);
    }

    [Fact]
    public void Dover_has_a_sample_for_each_seed_and_one_aesthetic_view()
    {
        var clip = FormulaClip.Scored(16, 240, 300);
        int looks = 0;
        var quality = new DoverQuality(Technical, Aesthetic) { Seed = 42, Samples = 3 };
        var score = quality.Of(clip);
        Assert.Equal((3, 1), (score.Samples.Count, looks));
        Assert.Equal(3, score.Samples.Distinct().Count());
        Assert.Equal(score.Samples.Average(), score.Value, 1e-12);
        Assert.True(score.Spread > 0);
        // The first sample is the score of its seed alone.
        var first = new DoverQuality(Technical, Aesthetic) { Seed = 42 }.Of(clip);
        Assert.Equal(score.Samples[0], first.Value);
        Assert.Null(first.Spread);
        Assert.Equal(new DoverQuality(Technical, Aesthetic) { Seed = 44 }.Of(clip).Value, score.Samples[2]);

        double Technical(Shape shape, ReadOnlySpan<float> view) => 0.1 + 0.01 * Mean(view);
        double Aesthetic(Shape shape, ReadOnlySpan<float> view)
        {
            looks++;
            return -0.08;
        }

        static double Mean(ReadOnlySpan<float> view)
        {
            double sum = 0;
            foreach (float v in view) sum += v;
            return sum / view.Length;
        }
    }

    [Fact]
    public void What_a_clip_is_too_short_or_too_small_for_is_a_line()
    {
        var one = FormulaClip.Scored(1, 120, 120);
        Assert.Contains("at least 3 frames", Refused(() => MotionSmoothness.Of(one, Mean)), StringComparison.Ordinal);
        var two = FormulaClip.Scored(2, 120, 120);
        Assert.Contains("at least 3 frames", Refused(() => MotionSmoothness.Of(two, Mean)), StringComparison.Ordinal);
        Assert.Contains("at least 2 frames", Refused(() => SubjectConsistency.Of(one, (_, _) => [1])), StringComparison.Ordinal);
        string small = Refused(() => MotionSmoothness.Of(FormulaClip.Scored(3, 112, 300), Mean));
        Assert.Contains("at least 113 x 113 pixels, and a clip by formula has 300 x 112", small, StringComparison.Ordinal);
        var tiny = FormulaClip.Scored(3, 31, 300);
        Assert.Contains("at least 32 x 32", Refused(() => new DoverQuality((_, _) => 0, (_, _) => 0).Of(tiny)), StringComparison.Ordinal);

        static string Refused(Action score) => InputErrors.Expect(score, InputCode.OutOfRange, "needs at least");
    }

    [Fact]
    public void Numbers_in_short_are_their_mean_and_deviation()
    {
        Assert.Null(MeanSpread.Of([]));
        Assert.Equal(new MeanSpread(3, null, 1), MeanSpread.Of([3]));
        Assert.Equal(new MeanSpread(2, Math.Sqrt(2), 2), MeanSpread.Of([1, 3]));
    }

    [Fact]
    public void A_set_has_an_Overall_only_where_every_clip_has_all()
    {
        ClipScores One(double ms, double[] terms, double dover, double original) => new("clip", 16, 8, 8)
        {
            Motion = new MotionScore(ms, []),
            Subject = new SubjectScore(terms.Average(), terms),
            Dover = new DoverScore(dover, 0, 0, [dover], default),
            Aesthetic = new AestheticScore(5, []),
            OriginalDover = new DoverScore(original, 0, 0, [original], default),
        };
        ClipScores a = One(0.98, [0.97, 0.99, 0.98], 70, 55), b = One(0.99, [0.96], 60, 50);
        var set = SetScores.Of([a, b]);
        // Subject consistency of a set is the mean over all frames, not over clips.
        Assert.Equal((0.97 + 0.99 + 0.98 + 0.96) / 4, set.Of(Pipelines.Settings.ScoreKind.Subject)!.Mean, 1e-12);
        Assert.Equal(Overall.Of(0.985, 0.975, 65, 5, 52.5), set.Overall!.Value, 1e-12);
        Assert.Null(SetScores.Of([a, b with { Dover = null }]).Overall);
        Assert.Null(SetScores.Of([a, b with { OriginalDover = null }]).Overall);
        Assert.Null(SetScores.Of([]).Overall);
    }

    private static void Mean(Shape shape, ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> middle)
    {
        for (int i = 0; i < middle.Length; i++) middle[i] = (first[i] + second[i]) / 2;
    }

    /// <summary>Frames of one grey each.</summary>
    private static ScoredClip Flat(params byte[] levels)
    {
        const int Side = 120, Bytes = Side * Side * VideoFormat.Channels;
        byte[] pixels = [.. levels.SelectMany(level => Enumerable.Repeat(level, Bytes))];
        return FormulaClip.Scored(TestVideos.Of(pixels, levels.Length, Side, Side, FrameFiles.DefaultRate, "flat"));
    }
}
