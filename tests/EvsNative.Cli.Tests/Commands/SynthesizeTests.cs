namespace EvsNative.Cli.Tests.Commands;

/// <summary><c>weights synthesize</c>: a written model gives what --fake-weights gives, and nobody's files are replaced by it.</summary>
public sealed class SynthesizeTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_written_model_refines_a_clip_to_the_same_pixels_as_fake_weights()
    {
        Assert.Contains("model: tiny weights by formula, f32", Write("model", "--type", "f32"), StringComparison.Ordinal);
        string clip = _scene.Frames("clip", 2);
        string[] settings = [clip, "--prompt", "a red fox", "--seed", "3", .. Scene.Short[2..]];
        Evs.Run(["refine", "--fake-weights", "tiny", "-o", _scene["fake"], .. settings]).Text();
        Evs.Run(["refine", "--model", _scene["model"], "-o", _scene["real"], .. settings]).Text();
        byte[][] frames = _scene.Pixels("fake");
        Assert.Equal(2, frames.Length);
        Assert.Equal(frames, _scene.Pixels("real"));
    }

    [Fact]
    public void Half_precision_takes_half_the_bytes_and_can_be_planned_with()
    {
        Write("single", "--type", "f32");
        Write("half");
        Assert.InRange(Weights("single") / (double)Weights("half"), 1.95, 2.0);
        Evs.Run("plan", "--model", _scene["half"], "--size", "64x64").Text();
    }

    [Fact]
    public void A_single_file_is_a_model_that_wants_motion_modules_and_a_vocabulary()
    {
        Write("model.safetensors", "--layout", "single");
        Write("model");
        string[] clip = ["--size", "64x64", "--frames", "2", "--model", _scene["model.safetensors"]];
        string[] others = ["--motion", _scene["model/motion_adapter"], "--tokenizer", _scene["model/tokenizer"]];
        Evs.Run(["plan", .. clip, .. others]).Text();
        string line = _scene.Refuses(
            _scene.Frames("clip", 2), "--prompt", "a", "--model", _scene["model.safetensors"], "-o", _scene["out"]);
        Assert.Contains("give motion modules with --motion", line, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_there_is_replaced_on_demand_only()
    {
        Write("model");
        Write("model.safetensors", "--layout", "single");
        Assert.Contains("--force", Refuses("-o", _scene["model"]), StringComparison.Ordinal);
        Assert.Contains("--force", Refuses("-o", _scene["model.safetensors"], "--layout", "single"), StringComparison.Ordinal);
        Write("model", "--type", "f32", "--force");
        Write("model.safetensors", "--layout", "single", "--force");
        Assert.Equal(["model", "model.safetensors"],
            Directory.EnumerateFileSystemEntries(_scene.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Somebody_s_model_is_never_replaced()
    {
        var model = new TinyModel(_scene["model"]);
        Assert.Contains("is not replaced", Refuses("-o", model.Path, "--force"), StringComparison.Ordinal);
        string[] single = ["-o", Path.Combine(model.Path, "vae", "diffusion_pytorch_model.safetensors"), "--layout", "single", "--force"];
        Assert.Contains("is not replaced", Refuses(single), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("unet/precious.txt")]
    [InlineData("vae/old/model.safetensors")]
    public void What_somebody_put_into_one_of_ours_is_never_lost(string stranger)
    {
        Write("model");
        string file = Path.Combine(_scene["model"], stranger);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "precious");
        Assert.Contains("is not replaced", Refuses("-o", _scene["model"], "--force"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-o is missing")]
    [InlineData("diffusers or single", "-o", "model", "--layout", "ldm")]
    [InlineData("f16 or f32", "-o", "model", "--type", "bf16")]
    [InlineData("sd15 or tiny", "-o", "model", "--size", "xl")]
    [InlineData(".safetensors", "-o", "model", "--layout", "single")]
    [InlineData("unknown option '--layuot'", "-o", "model", "--layuot", "single")]
    public void Words_that_are_not_known_are_named(string complaint, params string[] args)
    {
        string line = _scene.Unchanged(() => Evs
            .Run(["weights", "synthesize", .. args.Select(word => word == "model" ? _scene["model"] : word)]).Complaint());
        Assert.Contains(complaint, line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_behind_weights_is_asked_for() =>
        Assert.Contains("synthesize", Evs.Run("weights").Complaint(), StringComparison.Ordinal);

    private string Write(string name, params string[] args) =>
        Evs.Run(["weights", "synthesize", "--size", "tiny", "-o", _scene[name], .. args]).Text();

    private string Refuses(params string[] args) =>
        _scene.Unchanged(() => Evs.Run(["weights", "synthesize", "--size", "tiny", .. args]).Complaint());

    private long Weights(string model) =>
        Directory.GetFiles(_scene[model], "*.safetensors", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
