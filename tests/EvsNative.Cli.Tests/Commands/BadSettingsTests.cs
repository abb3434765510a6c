namespace EvsNative.Cli.Tests.Commands;

/// <summary>Words and numbers that make no sense: one line that names the option or its place in the method, and what would do.</summary>
public sealed class BadSettingsTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("--mode magic", "--mode magic", "t2v+t2i")]
    [InlineData("--video-start 9 --video-steps 8", "--video-start 9: t_V", "1 to T_V = 8")]
    [InlineData("--video-steps 0", "--video-steps 0", "1 to 1000")]
    [InlineData("--image-start 60", "--image-start 60: t_I", "1 to T_I = 50")]
    [InlineData("--insert-at 21", "--insert-at 21: t_T2V", "0 to t_I = 20")]
    [InlineData("--video-calls 5", "--video-calls 5: n_V", "1 to t_V = 4")]
    [InlineData("--strength 1.5", "--strength 1.5", "0 to 1")]
    [InlineData("--strength nan", "--strength nan", "a number is needed")]
    [InlineData("--strength 0,4", "--strength 0,4", "write 0.4")]
    [InlineData("--strength 0.01", "leaves no step", "raise")]
    [InlineData("--strength 0.5 --image-start 3", "--strength and --image-start", "only one")]
    [InlineData("--gamma 2 --sfi deep", "--gamma 2", "0 to 1")]
    [InlineData("--sfi some", "--sfi some", "shallow")]
    [InlineData("--sfi-attentions 0,99", "no attention 99", "0 to 8")]
    [InlineData("--sfi-convs x", "--sfi-convs x", "commas")]
    [InlineData("--sfi deep --entry noise", "inversion", "not by noise")]
    [InlineData("--entry jump", "--entry jump", "invert")]
    [InlineData("--bridge rope", "--bridge rope", "direction")]
    [InlineData("--image-sampler heun", "--image-sampler heun", "euler")]
    [InlineData("--noise loud", "--noise loud", "shared")]
    [InlineData("--noise 1.2", "--noise 1.2", "0 to 1")]
    [InlineData("--upscale 0.5", "--upscale 0.5", "1 to 8")]
    [InlineData("--upscale-in dreams", "--upscale-in dreams", "latents")]
    [InlineData("--upscale-in latents --mode t2v", "original size", "pixels")]
    [InlineData("--upscale-in latents --insert-at 1 --bridge next", "original size", "pixels")]
    [InlineData("--guidance -1", "--guidance -1", "0 to 100")]
    [InlineData("--clip-skip 9", "clip skip 9", "0 to 2")]
    [InlineData("--frames-per-pass -1", "--frames-per-pass -1", "0 or more")]
    [InlineData("--threads -1", "--threads -1", "0 to 1024")]
    [InlineData("--threads 1025", "--threads 1025", "0 to 1024")]
    [InlineData("--threads 1.5", "--threads 1.5", "whole number")]
    [InlineData("--threads 99999999999", "--threads 99999999999", "0 to 1024")]
    [InlineData("--threads all", "--threads all", "whole number")]
    [InlineData("--fps 0", "--fps 0", "0.1 to 1000")]
    [InlineData("--fps fast", "--fps fast", "30000/1001")]
    [InlineData("--seed -1", "--seed -1", "not negative")]
    [InlineData("--image-steps ten", "--image-steps ten", "whole number")]
    [InlineData("--gamma much", "--gamma much", "a number")]
    [InlineData("--fake-weights huge", "--fake-weights huge", "sd15 or tiny")]
    [InlineData("--lora snow.safetensors", "--fake-weights replaces --model", "one or the other")]
    [InlineData("--model x --fake-weights tiny", "--fake-weights replaces --model", "one or the other")]
    [InlineData("--demo", "--demo brings its own clip", "leave")]
    public void Nonsense_is_refused_in_words(string words, string problem, string advice)
    {
        string[] size = words.Contains("--fake-weights", StringComparison.Ordinal) ? [] : ["--fake-weights", "tiny"];
        string line = _scene.Refuses([_scene.Frames("in", 2), "-o", _scene["out"], .. size, .. words.Split(' ')]);
        Assert.Contains(problem, line, StringComparison.Ordinal);
        Assert.Contains(advice, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refine in --promt x", "unknown option '--promt'", "evsnative refine --help")]
    [InlineData("refine --promt x", "unknown option '--promt'", "evsnative refine --help")]
    [InlineData("refine --promt", "unknown option '--promt'", "evsnative refine --help")]
    [InlineData("refine in --promt=x", "unknown option '--promt=x'", "did you mean '--prompt'?")]
    [InlineData("refine in --guidence 7", "unknown option '--guidence'", "did you mean '--guidance'?")]
    [InlineData("plan --Seed 7", "unknown option '--Seed'", "did you mean '--seed'?")]
    [InlineData("refine in -upscale 2", "unknown option '-upscale'", "did you mean '--upscale'?")]
    [InlineData("refine -i.mp4", "unknown option '-i.mp4'", "-- -i.mp4")]
    [InlineData("refin in", "unknown command 'refin'", "did you mean 'refine'?")]
    [InlineData("weights synth", "unknown command 'synth'", "did you mean 'synthesize'?")]
    [InlineData("refine one two", "'two' is one word too many", "one clip at a time")]
    [InlineData("doctor now", "'now' is one word too many", "options only")]
    [InlineData("refine in --seed 1 --seed 2", "--seed is given 2 times", "give it once")]
    [InlineData("refine in --seed", "--seed needs a value behind it: --seed N", "evsnative refine --help")]
    [InlineData("weights synthesize --layout", "--layout needs a value behind it", "synthesize --help")]
    [InlineData("plan --guidance= --demo", "--guidance '': a number is needed", "needed")]
    [InlineData("plan --sizes 8x8", "unknown option '--sizes'", "evsnative plan --help")]
    [InlineData("doctor --cure", "unknown option '--cure'", "evsnative doctor --help")]
    [InlineData("repair", "unknown command 'repair'", "refine, plan, score, compare, doctor")]
    [InlineData("refine in --prompt", "--prompt", "evsnative refine --help")]
    [InlineData("plan --size big --fake-weights tiny", "--size big", "such as 1024x640")]
    [InlineData("plan --size 99999x512 --fake-weights tiny", "--size 99999x512", "8 to 16384")]
    [InlineData("plan --size 16384x16384 --upscale 4 --upscale-in latents --fake-weights tiny", "more than 2 GB", "a smaller --upscale")]
    public void Words_that_are_no_commands_or_options_are_named(string words, string problem, string advice)
    {
        string line = Evs.Run(words.Split(' ')).Complaint();
        Assert.Contains(problem, line, StringComparison.Ordinal);
        Assert.Contains(advice, line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_and_a_prompt_are_asked_for()
    {
        string clip = _scene.Frames("in", 2);
        Assert.Contains("--prompt is missing", _scene.Refuses(clip, "--model", _scene.Path), StringComparison.Ordinal);
        Assert.Contains("--model is missing", _scene.Refuses(clip, "--prompt", "a kite"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@kite")]
    [InlineData("-kite")]
    public void A_prompt_may_begin_with_any_sign(string prompt)
    {
        string line = _scene.Refuses(_scene.Frames("in", 2), "--prompt", prompt, "--model", _scene["nowhere"]);
        Assert.Contains(_scene["nowhere"], line, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_word_the_help_is_shown()
    {
        string text = Evs.Run().Text();
        Assert.All(["refine", "plan", "doctor"], command => Assert.Contains(command, text, StringComparison.Ordinal));
    }
}
