using EvsNative.Layers;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>The demo has choices of its own; any one of the user's goes with them.</summary>
public sealed class DemoSettingsTests : IDisposable
{
    private readonly Scene _scene = new();

    /// <summary>Every setting but the clip, which the demo brings, and what only one of the two commands has.</summary>
    public static TheoryData<string> Planned =>
        [.. SettingTable.Planned.Where(setting => setting != ClipSettings.Clip).Select(setting => setting.Name)];

    public void Dispose() => _scene.Dispose();

    [Theory]
    [MemberData(nameof(Planned))]
    public void Every_option_alone_runs_on_the_demo(string name)
    {
        var setting = SettingTable.Find(name)!;
        string[] value = setting.IsFlag ? [] : [Path(setting)];
        string[] words = setting == ClipSettings.Demo ? ["--demo"] : ["--demo", $"--{name}", .. value];
        Assert.Contains("encode", Evs.Run(["plan", .. words]).Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--strength 0.5 --mode t2i", "image 25..1")]
    [InlineData("--strength 0.5", "image 25..13, video 3..1, image 13..1")]
    [InlineData("--image-start 3", "image 3..2, video 3..1, image 2..1")]
    [InlineData("--image-start 3 --insert-at 1", "image 3..1, video 3..1, image 1..1")]
    [InlineData("--image-steps 10", "image 4..2, video 3..1, image 2..1")]
    [InlineData("--video-steps 2", "image 12..4, video 1..1, image 4..1")]
    [InlineData("--video-start 2", "image 12..4, video 2..1, image 4..1")]
    [InlineData("--video-start 4 --video-calls 1", "image 12..4, video 4..4, image 4..1")]
    [InlineData("--sfi deep", "image 12..4, video 3..1, image 4..1")]
    [InlineData("--mode t2i --image-start 3", "image 3..1")]
    public void The_plan_follows_the_last_word(string words, string stages) =>
        Assert.Contains($": {stages}", Evs.Run(["plan", "--demo", .. words.Split(' ')]).Text().Split('\n')[0], StringComparison.Ordinal);

    [Fact]
    public void What_no_longer_counts_is_said_in_a_line()
    {
        string[] said = Evs.Run("plan", "--demo", "--image-start", "3").Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("evsnative: with --image-start 3, insert-at 4 of the demo no longer counts: half of t_I instead", Assert.Single(said));
        Assert.Equal("", Evs.Run("plan", "--demo", "--image-start", "3", "--insert-at", "2").Error);
    }

    /// <summary>All at the clip's own size, a quarter of the pixels, which is one word changed by itself.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("--strength 0.1")]
    [InlineData("--image-start 2")]
    [InlineData("--mode t2i --strength 0.06")]
    [InlineData("--image-steps 6")]
    [InlineData("--video-steps 2")]
    [InlineData("--insert-at 0")]
    public void The_demo_runs_with_one_word_changed(string words)
    {
        string[] changed = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Evs.Run(["refine", "--demo", "-o", _scene["out"], "--upscale", "1", .. changed]).Text();
        Assert.Equal(16, Directory.GetFiles(_scene["out/frames"]).Length);
    }

    /// <summary>The examples of paths lie in the demo's own folder; files that people bring are made.</summary>
    private string Path(Setting setting)
    {
        if (setting == PresetSettings.Recipe)
            return _scene.Text("recipe.json", "{\"format\":\"evsnative-recipe-1\",\"settings\":{\"image-start\":3}}");
        if (setting.Placeholder is "FOLDER" or "PATH") return System.IO.Path.Combine(DemoFiles.Open().Folder, setting.Example);
        if (!setting.Placeholder.StartsWith("FILE", StringComparison.Ordinal)) return setting.Example;
        string path = _scene[setting.Example.Split(':')[0]];
        const string layer = "lora_te_text_model_encoder_layers_0_mlp_fc1";
        if (setting == ClipSettings.PromptFile) File.WriteAllText(path, "0-7: a red balloon\n8-: a blue kite\n");
        else if (setting == ModelSettings.Embeddings) SafetensorsWriter.Save(path, [("emb_params", [1, 64], new float[64])]);
        else SafetensorsWriter.Save(path, [.. Factors()]);
        return _scene[setting.Example];

        static IEnumerable<(string, long[], float[])> Factors() =>
            [($"{layer}.lora_down.weight", [1, 64], new float[64]), ($"{layer}.lora_up.weight", [256, 1], new float[256])];
    }
}
