using EvsNative.Pipelines.Frames;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Every option goes through the whole run, and does something: other bytes than without it.</summary>
public sealed class SettingsTests(SettingsTests.Plain plain) : IClassFixture<SettingsTests.Plain>
{
    [Theory]
    [InlineData("--mode t2i")]
    [InlineData("--mode t2v")]
    [InlineData("--mode t2i+t2v")]
    [InlineData("--mode t2v+t2i")]
    [InlineData("--bridge next")]
    [InlineData("--bridge direction")]
    [InlineData("--entry invert")]
    [InlineData("--sfi deep", "--entry invert")]
    [InlineData("--sfi shallow", "--entry invert")]
    [InlineData("--sfi full", "--sfi shallow")]
    [InlineData("--sfi shallow --gamma 0.1", "--sfi shallow")]
    [InlineData("--sfi-attentions 6,8", "--sfi shallow")]
    [InlineData("--sfi-convs 1", "--entry invert")]
    [InlineData("--sfi full --video-sampler ddim", "--sfi deep --video-sampler ddim")]
    [InlineData("--image-sampler euler")]
    [InlineData("--image-sampler lcm")]
    [InlineData("--video-sampler lcm --video-calls 2", "--video-calls 2")]
    [InlineData("--noise shared")]
    [InlineData("--noise 0.5")]
    [InlineData("--reuse-noise")]
    [InlineData("--clip-skip 1")]
    [InlineData("--norm-per-frame")]
    [InlineData("--guidance 1")]
    [InlineData("--video-guidance 2")]
    [InlineData("--negative blurred")]
    [InlineData("--prompt kite")]
    [InlineData("--image-steps 5")]
    [InlineData("--image-start 3")]
    [InlineData("--insert-at 1")]
    [InlineData("--insert-at 0")]
    [InlineData("--video-steps 8")]
    [InlineData("--video-start 3")]
    [InlineData("--video-calls 2")]
    [InlineData("--seed 8")]
    [InlineData("--upscale-in latents")]
    public void Every_choice_changes_the_picture(string words, string otherwise = "")
    {
        byte[] pixels = plain.Run(words.Split(' ')), without = plain.Run(otherwise.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(Plain.Frames * 32 * 32 * VideoFormat.Channels, pixels.Length);
        Assert.Equal(without.Length, pixels.Length);
        Assert.NotEqual(without, pixels);
        Assert.True(pixels.Distinct().Count() > 20, "the picture is one colour");
    }

    [Theory]
    [InlineData("--seed 7")]
    [InlineData("--mode EVS --bridge repeat --entry noise --sfi none --noise own --image-sampler ddim --upscale 2 --upscale-in pixels")]
    [InlineData("--guidance 7.5 --video-guidance 1 --video-sampler euler --clip-skip 0 --frames-per-pass 0")]
    [InlineData("--threads 1")]
    [InlineData("--threads 3")]
    public void The_same_choices_give_the_same_bytes(string words) => Assert.Equal(plain.Run([]), plain.Run(words.Split(' ')));

    [Fact]
    public void A_share_of_the_steps_is_another_word_for_the_first_one() =>
        Assert.Equal(plain.Run([]), plain.RunWith(["--image-steps", "4", "--strength", "0.5", "--insert-at", "2", .. Plain.Video], []));

    /// <summary>Only at the clean end they differ, and the video model's steps stop before it.</summary>
    [Fact]
    public void Eulers_steps_are_DDIMs_in_other_words() =>
        Same(plain.Run(["--video-sampler", "euler", "--video-calls", "2", "--video-start", "3"]),
            plain.Run(["--video-sampler", "ddim", "--video-calls", "2", "--video-start", "3"]));

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void Frames_one_by_one_are_the_frames_all_at_once(string framesPerPass) =>
        Same(plain.Run([]), plain.Run(["--frames-per-pass", framesPerPass]));

    /// <summary>Equal but for rounding: one grey level here and there.</summary>
    private static void Same(byte[] a, byte[] b)
    {
        Assert.Equal(a.Length, b.Length);
        Assert.InRange(a.Zip(b, (x, y) => Math.Abs(x - y)).Max(), 0, 1);
    }

    /// <summary>The run that the others are compared with.</summary>
    public sealed class Plain : IDisposable
    {
        public const int Frames = 3;

        public static readonly string[] Video = ["--video-steps", "4", "--video-start", "2", "--video-calls", "1"];

        private readonly Scene _scene = new();
        private readonly Dictionary<string, byte[]> _known = [];
        private int _runs;

        public Plain() => _scene.Frames("in", Frames);

        public void Dispose() => _scene.Dispose();

        public byte[] Run(string[] words) =>
            RunWith(Without(["--image-steps", "4", "--image-start", "2", "--insert-at", "2", "--seed", "7", .. Video], words), words);

        public byte[] RunWith(string[] first, string[] words)
        {
            string[] args = [.. first, .. words];
            string key = string.Join(' ', args);
            if (_known.TryGetValue(key, out byte[]? pixels)) return pixels;
            string output = _scene[$"out{_runs++}"];
            if (!args.Contains("--seed")) args = [.. args, "--seed", "7"];
            Evs.Run(["refine", _scene["in"], "--fake-weights", "tiny", "-o", output, .. args]).Text();
            return _known[key] = FrameFiles.Read(output).Pixels;
        }

        /// <summary>Pairs of option and value without those options that are said otherwise.</summary>
        private static string[] Without(string[] pairs, string[] words) =>
            [.. pairs.Chunk(2).Where(pair => !words.Contains(pair[0])).SelectMany(pair => pair)];
    }
}
