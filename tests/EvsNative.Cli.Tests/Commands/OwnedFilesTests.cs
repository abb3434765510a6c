using System.Text.Json;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>
/// Whole runs by the command, from the files that people own: the frames are those of the same numbers in the model's own folder, and
/// nothing is said that need not be.
/// </summary>
public sealed class OwnedFilesTests : IDisposable
{
    private static readonly string[] Shortest =
    [
        "--device", "cpu", "--upscale", "1", "--image-steps", "2", "--image-start", "1", "--video-start", "1", "--guidance", "1",
        "--seed", "7",
    ];

    private readonly Scene _scene = new();
    private readonly string _clip;
    private int _runs;

    public OwnedFilesTests() => _clip = _scene.Frames("clip", 2);

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_checkpoint_file_with_Lightning_and_a_LoRA()
    {
        string model = _scene["model.safetensors"], merged = _scene["merged.safetensors"];
        Evs.Run("weights", "convert", OwnedFiles.Model, "-o", model).Text();
        string motion = OwnedFiles.Motion(_scene["animatediff_lightning_4step_comfyui.safetensors"], isOriginal: true);
        string lora = OwnedFiles.Lora(_scene["snow.safetensors"]);
        string[] rest = ["--motion", motion, "--tokenizer", OwnedFiles.Tokenizer, "--prompt", "a red balloon"];

        byte[] with = Refined(out var said, ["--model", model, .. rest, "--lora", $"{lora}:0.8"]);
        var settings = said.GetProperty("settings");
        Assert.Equal(4, settings.GetProperty("video-steps").GetInt32());
        Assert.Equal($"{lora}:0.8", Assert.Single(settings.GetProperty("lora").EnumerateArray()).GetString());

        byte[] without = Refined(["--model", model, .. rest]);
        Assert.NotEqual(without, with);
        Assert.NotEqual(with, Refined(["--model", model, .. rest, "--lora", $"{lora}:0.8:0"]));
        Assert.Equal(without, Refined(["--model", model, .. rest, "--lora", $"{lora}:0"]));
        Assert.Equal(without, Refined(["--model", OwnedFiles.Model, .. rest]));

        // A merge that was written down is the merge at loading.
        Evs.Run("weights", "convert", model, "-o", merged, "--lora", $"{lora}:0.8").Text();
        Assert.Equal(with, Refined(["--model", merged, .. rest]));
    }

    [Fact]
    public void A_folder_of_pickles_with_the_pickle_of_AnimateDiff_v2()
    {
        string motion = OwnedFiles.MotionPickle(_scene["mm_sd_v15_v2.ckpt"]);
        string[] same = ["--motion", OwnedFiles.Motion(_scene["mm_sd_v15_v2.safetensors"], isOriginal: false)];
        string[] rest = ["--video-steps", "4", "--video-guidance", "1", "--prompt", "a red balloon"];
        string pickles = OwnedFiles.PickleFolder(_scene["pickles"]);
        Assert.Empty(Directory.GetFiles(pickles, "*.safetensors", SearchOption.AllDirectories));

        byte[] frames = Refined(["--model", pickles, "--motion", motion, .. rest]);
        Assert.Equal(Refined(["--model", OwnedFiles.Model, .. same, .. rest]), frames);
        Assert.Equal(Refined(["--model", OwnedFiles.Model, .. rest]), Refined(["--model", pickles, .. rest]));
        var plan = Evs.Run(["plan", _clip, "--model", pickles, "--motion", motion, .. Shortest, "--json"]).Json();
        Assert.Equal("AnimateDiff", plan.GetProperty("motion").GetProperty("kind").GetString());
    }

    [Fact]
    public void Names_of_a_hub_s_cache()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Links need rights there.");
        const string lightning = "animatediff_lightning_4step_diffusers.safetensors";
        string hub = _scene["hub"], motion = OwnedFiles.Motion(_scene[lightning], isOriginal: false);
        string adapter = OwnedFiles.MotionFolder(_scene["animatediff-motion-adapter-v1-5-2"]), vae = OwnedFiles.Vae(_scene["my-vae"]);
        string lora = OwnedFiles.Lora(_scene["snow.safetensors"]), embedding = OwnedFiles.Embedding(_scene["moody.pt"]);
        OwnedFiles.Cache(hub, "someone/tiny", OwnedFiles.FilesOf(OwnedFiles.Model));
        OwnedFiles.Cache(hub, "ByteDance/AnimateDiff-Lightning", (lightning, motion));
        OwnedFiles.Cache(hub, "guoyww/animatediff-motion-adapter-v1-5-2", OwnedFiles.FilesOf(adapter));
        OwnedFiles.Cache(hub, "someone/a-vae", OwnedFiles.FilesOf(vae));
        OwnedFiles.Cache(hub, "someone/snow", ("pytorch_lora_weights.safetensors", lora));
        OwnedFiles.Cache(hub, "someone/moody", ("learned_embeds.bin", embedding), ("README.md", _scene.Text("readme")));
        string[] all =
        [
            "--model", "someone/tiny", "--motion", $"ByteDance/AnimateDiff-Lightning/{lightning}", "--tokenizer", "someone/tiny/tokenizer",
            "--vae", "someone/a-vae", "--lora", "someone/snow:0.8", "--embedding", "someone/moody:moody", "--prompt", "a moody balloon",
        ];
        byte[] wanted = Refined(
        [
            "--model", OwnedFiles.Model, "--motion", motion, "--vae", vae, "--lora", $"{lora}:0.8", "--embedding", embedding, "--prompt",
            "a moody balloon",
        ]);
        Assert.Equal(wanted, Refined(all));
        all[7] = "someone/a-vae/diffusion_pytorch_model.safetensors";
        all[9] = "someone/snow/pytorch_lora_weights.safetensors:0.8";
        all[11] = "someone/moody/learned_embeds.bin:moody";
        Assert.Equal(wanted, Refined(all));
        Assert.NotEqual(wanted, Refined([.. all[..6], .. all[8..]]));
        string[] adapted = ["--video-steps", "4", "--video-guidance", "1", "--prompt", "a red balloon"];
        Assert.Equal(
            Refined(["--model", OwnedFiles.Model, "--motion", adapter, .. adapted]),
            Refined(["--model", "someone/tiny", "--motion", "guoyww/animatediff-motion-adapter-v1-5-2", .. adapted]));
    }

    [Fact]
    public void A_prompt_with_a_LoRA_weights_two_chunks_and_a_word_of_its_own()
    {
        string folder = Directory.CreateDirectory(_scene["loras"]).FullName;
        string lora = OwnedFiles.Lora(Path.Combine(folder, "snow.safetensors"));
        string embedding = OwnedFiles.Embedding(_scene["moody.pt"]);
        string[] model = ["--model", OwnedFiles.Model];
        const string words = "(red:1.3) ball BREAK sky";
        byte[] tagged = Refined([.. model, "--prompt", $"<lora:snow:0.8> {words}", "--lora-folder", folder]);
        Assert.Equal(Refined([.. model, "--prompt", words, "--lora", $"{lora}:0.8"]), tagged);
        byte[] plain = Refined([.. model, "--prompt", words]);
        Assert.NotEqual(plain, tagged);
        Assert.NotEqual(plain, Refined([.. model, "--prompt", "red ball BREAK sky"]));
        Assert.NotEqual(plain, Refined([.. model, "--prompt", "(red:1.3) ball sky"]));

        string[] moody = [.. model, "--prompt", "a moody ball"];
        byte[] embedded = Refined([.. moody, "--embedding", embedding]);
        Assert.NotEqual(Refined(moody), embedded);
        Assert.Equal(embedded, Refined([.. model, "--prompt", "a gloom ball", "--embedding", $"{embedding}:gloom"]));
        Assert.Equal(embedded, Refined([.. model, "--prompt-file", _scene.Text("p.txt", "0-1: a moody ball\n"), "--embedding", embedding]));
    }

    /// <summary>What a run tells is enough to do it again.</summary>
    [Fact]
    public void What_a_run_tells_makes_the_same_frames_again()
    {
        string snow = OwnedFiles.Lora(_scene["snow.safetensors"]), rain = OwnedFiles.Lora(_scene["rain.safetensors"], seed: 9);
        string[] networks = ["--model", OwnedFiles.Model, "--vae", OwnedFiles.Vae(_scene["my-vae"])];
        string[] chosen =
        [
            .. networks, "--tokenizer", OwnedFiles.Tokenizer, "--lora", $"{snow}:0.8", "--lora", $"{rain}:-0.5:0.25", "--lora",
            snow, "--embedding", OwnedFiles.Embedding(_scene["moody.pt"]),
            "--embedding", $"{OwnedFiles.Embedding(_scene["dark.pt"])}:gloom",
            "--prompt-file", _scene.Text("p.txt", "0: a moody gloom\n1: a ball\n"),
        ];
        byte[] frames = Refined(out var said, chosen);
        var settings = said.GetProperty("settings");
        string[] loras = [.. settings.GetProperty("lora").EnumerateArray().Select(lora => lora.GetString()!)];
        Assert.Equal([$"{snow}:0.8", $"{rain}:-0.5:0.25", snow], loras);
        var again = ChoicesJson.Read(settings.GetRawText(), "a run").With(ClipSettings.Clip, _clip);
        Assert.Equal(frames, new RefineRun(new RefineRequest(again)).Do().Frames.Pixels);

        // The plan takes them too, and needs no more for LoRAs that are merged.
        long Bytes(params string[] args) =>
            Evs.Run(["plan", _clip, .. args, .. Shortest, "--json"]).Json().GetProperty("weightBytes").GetInt64();
        Assert.InRange(Bytes(chosen) / (double)Bytes([.. networks, "--prompt", "a ball"]), 0.99, 1.01);
    }

    private byte[] Refined(params string[] args) => Refined(out _, args);

    /// <summary>The frames of a run that has nothing to complain of.</summary>
    private byte[] Refined(out JsonElement said, params string[] args)
    {
        string output = _scene[$"out{_runs++}"];
        var environment = new Dictionary<string, string?> { ["HF_HUB_CACHE"] = _scene["hub"], ["HF_HOME"] = _scene["home"] };
        said = Evs.RunIn(environment, ["refine", _clip, "-o", output, "--json", .. Shortest, .. args]).Json();
        Assert.Empty(said.GetProperty("warnings").EnumerateArray());
        return FrameFiles.Read(output).Pixels;
    }
}
