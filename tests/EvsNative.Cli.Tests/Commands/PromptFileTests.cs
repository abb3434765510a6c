using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Prompts for ranges of frames, textual inversions and LoRAs of prompts, from the command line.</summary>
public sealed class PromptFileTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    /// <summary>Frames of equal prompts are as if there were one; other prompts change their own frames of the image model alone.</summary>
    [Fact]
    public void A_run_gives_each_frame_its_prompt()
    {
        string clip = _scene.Frames("in", 3);
        string[] images = ["refine", clip, "--mode", "t2i", .. Scene.Short, "--upscale", "1", "--force"];
        byte[][] Run(string name, params string[] prompt)
        {
            Evs.Run([.. images, .. prompt, "-o", _scene[name]]).Text();
            return _scene.Pixels(name);
        }

        byte[][] one = Run("one", "--prompt", "a fox"), same = Run("same", "--prompt-file", _scene.Text("s.txt", "0: a fox\n1-: a fox\n"));
        byte[][] two = Run("two", "--prompt-file", _scene.Text("t.txt", "0-1: a fox\n2-: ((wolves)) and hares BREAK b b c d e f g h\n"));
        Assert.Equal(one, same);
        Assert.Equal(one[..2], two[..2]);
        Assert.NotEqual(one[2], two[2]);
    }

    [Fact]
    public void A_run_tells_the_prompts_and_where_they_stood()
    {
        string file = _scene.Text("p.txt", "0: a fox\n1-: a wolf <lora:x:1>\n0 negative: snow\n");
        string[] args = ["refine", _scene.Frames("in", 2), "-o", _scene["out"], .. Scene.Short, "--prompt-file", file, "--json"];
        var root = Evs.Run(args).Json();
        Assert.Equal("0: a fox; 1-: a wolf <lora:x:1>; 0 negative: snow", root.GetProperty("prompt").GetString());
        Assert.Equal(file, root.GetProperty("settings").GetProperty("prompt-file").GetString());
        var warning = Assert.Single(root.GetProperty("warnings").EnumerateArray());
        Assert.StartsWith("the prompt of frames 1- has <lora:x:1>", warning.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.True(Evs.Run("plan", "--size", "16x16", "--frames", "2", "--fake-weights", "tiny", "--prompt-file", file, "--json").Json()
            .TryGetProperty("flops", out _));
    }

    [Fact]
    public void Prompts_that_are_not_the_clips_are_one_line()
    {
        string clip = _scene.Frames("in", 2), file = _scene.Text("p.txt", "0: a fox\n");
        string line = _scene.Refuses(clip, "--prompt-file", file, "--fake-weights", "tiny");
        Assert.Contains("p.txt: frame 1 has no prompt", line, StringComparison.Ordinal);
        line = _scene.Refuses(clip, "--prompt-file", file, "--prompt", "a fox", "--fake-weights", "tiny");
        Assert.Contains("leave --prompt or --prompt-file out", line, StringComparison.Ordinal);
        line = _scene.Refuses(clip, "--prompt-file", _scene["q.txt"], "--fake-weights", "tiny");
        Assert.Contains("q.txt", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_textual_inversion_that_does_not_fit_is_one_line()
    {
        string clip = _scene.Frames("in", 2), model = Repository.File("weights", "evs-tiny");
        string file = _scene["mood.safetensors"];
        Layers.SafetensorsWriter.Save(file, [("emb_params", [1, 768], new float[768])]);
        string line = _scene.Refuses(clip, "--prompt", "a mood", "--model", model, "--embedding", $"{file}:mood");
        Assert.Contains("has 768 numbers a word; this model's text encoder has 64", line, StringComparison.Ordinal);
        line = _scene.Refuses(clip, "--prompt", "<lora:x:1>", "--model", model, "--lora-folder", _scene["nowhere"]);
        Assert.Contains("nowhere: no such folder", line, StringComparison.Ordinal);
    }
}
