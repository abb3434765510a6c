using System.Globalization;
using System.Text.RegularExpressions;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>What is foretold without a run.</summary>
public sealed partial class PlanTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("512x512", 803)]
    [InlineData("1024x640", 2463)]
    [InlineData("640x1024", 2463)]
    [InlineData("1024x1024", 4674)]
    public void One_pass_of_Stable_Diffusions_U_Net_costs_what_the_networks_page_says(string size, int gigaflop)
    {
        string[] args = ["plan", "--fake-weights", "sd15", "--size", size, "--frames", "2"];
        Assert.Contains($" {gigaflop} GFLOP", Evs.Run(args).Text(), StringComparison.Ordinal);
        var json = Evs.Run([.. args, "--json"]).Json();
        Assert.Equal(gigaflop, Math.Round(json.GetProperty("unetPassFlops").GetInt64() / 1e9));
        Assert.Equal(size, $"{json.GetProperty("width")}x{json.GetProperty("height")}");
    }

    [Fact]
    public void The_papers_run_is_listed_with_its_calls()
    {
        string text = Evs.Run("plan", "--fake-weights", "sd15", "--size", "64x64").Text();
        Assert.Contains("mode evs: image 20..10, video 4..3, image 10..1", text, StringComparison.Ordinal);
        Assert.Contains("16 frames of 64x64, 44 network calls", text, StringComparison.Ordinal);
        Assert.Equal(["encode", "read the prompt", "image 20..10", "video 4..3", "image 10..1", "decode"],
            Phase().Matches(text).Select(match => match.Groups[1].Value));
    }

    [Theory]
    [InlineData("evs", "image 20..10|video 4..3|image 10..1", 44)]
    [InlineData("t2i", "image 20..1", 40)]
    [InlineData("t2v", "video 4..1", 4)]
    [InlineData("t2i+t2v", "image 20..1|video 4..1", 44)]
    [InlineData("t2v+t2i", "video 4..1|image 20..1", 44)]
    public void Every_mode_has_its_stages(string mode, string stages, int calls)
    {
        var json = Evs.Run("plan", "--fake-weights", "tiny", "--size", "32x32", "--mode", mode, "--json").Json();
        Assert.Equal((mode, stages), (json.GetProperty("mode").GetString(),
            string.Join('|', json.GetProperty("stages").EnumerateArray().Select(stage => stage.GetString()))));
        Assert.Equal(calls, json.GetProperty("networkCalls").GetInt32());
        Assert.Equal(json.GetProperty("flops").GetInt64(),
            json.GetProperty("phases").EnumerateArray().Sum(phase => phase.GetProperty("flops").GetInt64()));
    }

    [Fact]
    public void With_a_limit_the_plans_are_listed_with_what_they_cost()
    {
        string[] args = ["plan", "--fake-weights", "sd15", "--size", "256x256", "--frames", "4", "--device", "cpu", "--max-memory", "4GB"];
        var said = Evs.Run(args);
        string text = said.Text();
        Assert.Contains("4.00 GB --max-memory allows: ", text, StringComparison.Ordinal);
        Assert.Contains("weights streamed but for", text, StringComparison.Ordinal);
        Assert.Contains("(chosen)", text, StringComparison.Ordinal);
        var json = Evs.Run([.. args, "--json"]).Json();
        var memory = json.GetProperty("memory");
        var choices = memory.GetProperty("choices").EnumerateArray().ToList();
        Assert.InRange(choices.Count, 4, 12);
        long[] needs = [.. choices.Select(choice => choice.GetProperty("neededBytes").GetInt64())];
        Assert.Equal(needs.OrderDescending(), needs);
        var chosen = Assert.Single(choices, choice => choice.GetProperty("isChosen").GetBoolean());
        Assert.Equal(memory.GetProperty("plan").GetString(), chosen.GetProperty("plan").GetString());
        Assert.InRange(chosen.GetProperty("neededBytes").GetInt64(), 3_000_000_000, 4_000_000_000);
        Assert.Equal(json.GetProperty("peakBytes").GetInt64(), chosen.GetProperty("neededBytes").GetInt64());
        Assert.Equal("planned", json.GetProperty("warnings").EnumerateArray().First().GetProperty("code").GetString());
    }

    [Fact]
    public void What_fits_nowhere_is_said_with_what_would_help()
    {
        string[] args = ["--fake-weights", "tiny", "--max-memory", "10MB"];
        string clip = _scene.Frames("in", 2);
        string plan = Evs.Run(["plan", clip, .. args]).Error;
        string complaint = Evs.Run(["refine", clip, "-o", _scene["out"], .. args]).Complaint();
        foreach (string line in (string[])[plan, complaint])
            Assert.Contains("10 MB --max-memory allows: use a smaller clip", line, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scene["out"]));
    }

    [Fact]
    public void A_clip_is_planned_at_the_size_that_the_networks_see()
    {
        string clip = _scene.Frames("in", 3, height: 19, width: 25);
        Assert.Equal((3, 56, 40), Size("plan", clip, "--fake-weights", "tiny"));
        Assert.Equal((3, 32, 24), Size("plan", clip, "--fake-weights", "tiny", "--upscale", "1"));
        Assert.Equal((3, 32, 24), Size("plan", clip, "--fake-weights", "tiny", "--upscale-in", "latents"));
        Assert.Equal((5, 64, 48), Size("plan", _scene.Video("in.mp4", 5, height: 24, width: 32), "--fake-weights", "tiny"));
    }

    [Fact]
    public void The_demo_is_planned_with_its_own_settings()
    {
        Assert.Equal((16, 128, 128), Size("plan", "--demo"));
        Assert.Contains("image 12..4, video 3..1, image 4..1", Evs.Run("plan", "--demo").Text(), StringComparison.Ordinal);
        Assert.Contains("video 3..1", Evs.Run("plan", "--demo", "--mode", "t2v").Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_the_users_is_planned_without_a_prompt()
    {
        var json = Evs.Run("plan", "--model", Repository.File("weights", "evs-tiny"), "--size", "64x64", "--json").Json();
        long files = Directory.EnumerateFiles(Repository.File("weights", "evs-tiny"), "*.safetensors", SearchOption.AllDirectories)
            .Sum(file => new FileInfo(file).Length);
        // The files hold halves and so does the device, but for vectors and tables.
        Assert.InRange(json.GetProperty("weightBytes").GetInt64() / (double)files, 0.99, 1.1);
    }

    [Theory]
    [InlineData("animatediff", "video 25..1", "AnimateDiff ddim 25 leading linear 7.5 16 32")]
    [InlineData("lightning", "video 8..1", "AnimateDiff-Lightning euler 8 trailing linear 1 16 32")]
    [InlineData("lightning-1", "video 1..1", "AnimateDiff-Lightning euler 1 trailing linear 1 16 32")]
    [InlineData("lightning-2", "video 2..1", "AnimateDiff-Lightning euler 2 trailing linear 1 16 32")]
    [InlineData("lightning-4", "video 4..1", "AnimateDiff-Lightning euler 4 trailing linear 1 16 32")]
    [InlineData("animatelcm", "video 6..1", "AnimateLCM lcm 6 leading linear 1.5 16 32")]
    public void Motion_modules_are_sampled_as_their_kind_wants_it(string kind, string stage, string habits)
    {
        string[] args =
        [
            "plan", "--model", Repository.File("weights", "evs-tiny"), "--size", "32x32", "--frames", "2", "--mode", "t2v",
            "--video-start", stage[6..^3], "--motion-kind", kind, "--json",
        ];
        var json = Evs.Run(args).Json();
        Assert.Equal(stage, json.GetProperty("stages")[0].GetString());
        Assert.Equal(habits, string.Join(' ', json.GetProperty("motion").EnumerateObject().Select(habit => habit.Value.ToString())));
        Assert.Equal("null", Evs.Run([.. args[..8], "t2i", .. args[11..]]).Json().GetProperty("motion").GetRawText());
    }

    [Fact]
    public void The_image_model_alone_needs_no_motion_modules() =>
        Assert.True(Weights("--mode", "t2i") < 0.75 * Weights("--mode", "evs"), "motion modules are counted that are not used");

    [Fact]
    public void Fewer_frames_in_a_pass_take_less_memory_and_the_same_work()
    {
        string[] args = ["plan", "--fake-weights", "tiny", "--size", "256x256", "--mode", "t2i", "--json"];
        var (all, one) = (Evs.Run(args).Json(), Evs.Run([.. args, "--frames-per-pass", "1"]).Json());
        Assert.True(one.GetProperty("activationBytes").GetInt64() < 0.3 * all.GetProperty("activationBytes").GetInt64(),
            $"{one} against {all}");
        Assert.InRange(one.GetProperty("flops").GetInt64() / (double)all.GetProperty("flops").GetInt64(), 0.99, 1.01);
    }

    [Theory]
    [InlineData("h100")]
    [InlineData("rtx4090")]
    public void A_card_that_is_not_here_is_predicted_by_phase_and_said_to_be_so(string card)
    {
        string[] args = ["plan", "--fake-weights", "tiny", "--size", "64x64", "--on", card];
        string text = Evs.Run(args).Text();
        Assert.Contains("which is not here", text, StringComparison.Ordinal);
        Assert.Contains("A prediction, not a measurement", text, StringComparison.Ordinal);
        var json = Evs.Run([.. args, "--json"]).Json();
        var said = json.GetProperty("prediction");
        Assert.Equal((card, false), (said.GetProperty("card").GetString(), said.GetProperty("isMeasured").GetBoolean()));
        double Sum(string name) => said.GetProperty("phases").EnumerateArray().Sum(phase => phase.GetProperty(name).GetDouble());
        double parts = ((string[])["productSeconds", "attentionSeconds", "otherSeconds", "gapSeconds"])
            .Sum(name => said.GetProperty(name).GetDouble());
        Assert.Equal(said.GetProperty("seconds").GetDouble(), Sum("seconds"), 1e-9);
        Assert.Equal(said.GetProperty("seconds").GetDouble(), parts, 1e-9);
        Assert.Equal(said.GetProperty("floorSeconds").GetDouble(), Sum("floorSeconds"), 1e-9);
        Assert.InRange(said.GetProperty("floorSeconds").GetDouble(), 1e-9, 0.5 * parts);
        Assert.Equal(json.GetProperty("phases").GetArrayLength(), said.GetProperty("phases").GetArrayLength());
    }

    [Fact]
    public void A_card_and_a_device_are_two_words_for_one_thing()
    {
        string[] args = ["plan", "--fake-weights", "tiny", "--size", "64x64", "--on", "h100"];
        Assert.Contains("--device one that is", Evs.Run([.. args, "--device", "cpu"]).Error, StringComparison.Ordinal);
        Assert.Equal("null", Evs.Run([.. args[..^2], "--json"]).Json().GetProperty("prediction").GetRawText());
        // Precision is the user's: twice the bytes.
        double Norms(params string[] more) =>
            Evs.Run([.. args, "--json", .. more]).Json().GetProperty("prediction").GetProperty("otherSeconds").GetDouble();
        Assert.InRange(Norms("--precision", "fp32") / Norms(), 1.3, 2);
    }

    private static long Weights(params string[] more) =>
        Evs.Run(["plan", "--fake-weights", "sd15", "--size", "64x64", "--json", .. more]).Json().GetProperty("weightBytes").GetInt64();

    private static (int Frames, int Width, int Height) Size(params string[] args)
    {
        var size = Frames().Match(Evs.Run(args).Text());
        return (Number(1), Number(2), Number(3));

        int Number(int group) => int.Parse(size.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(\d+) frames of (\d+)x(\d+), ", RegexOptions.Multiline)]
    private static partial Regex Frames();

    [GeneratedRegex(@"^  ([a-z][a-z0-9. ]*?) +\d+ +\d+\.\d{3}", RegexOptions.Multiline)]
    private static partial Regex Phase();
}
