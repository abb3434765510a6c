using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary><c>weights convert</c>: what is written, what is said about it, what is refused before anything is written.</summary>
public sealed class ConvertTests : IDisposable
{
    private static readonly string Model = Repository.File("weights", "evs-tiny");

    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_folder_is_written_anew_in_another_type()
    {
        var said = Convert(Model, "-o", _scene["copy"], "--type", "bf16", "--json").Json();
        Assert.Equal((_scene["copy"], "diffusers", 1077),
            (said.GetProperty("output").GetString(), said.GetProperty("layout").GetString(), said.GetProperty("tensors").GetInt32()));
        string[] files = [.. said.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)];
        Assert.Equal(Directory.GetFiles(_scene["copy"], "*", SearchOption.AllDirectories).Order(), files.Order());
        Assert.Equal(files.Sum(file => new FileInfo(file).Length), said.GetProperty("bytes").GetInt64());
        var types = Evs.Run("inspect", _scene["copy"], "--json").Json().GetProperty("types");
        Assert.Equal("BF16", Assert.Single(types.EnumerateArray()).GetProperty("type").GetString());
        Evs.Run("plan", "--model", _scene["copy"], "--size", "64x64", "--frames", "2").Text();
    }

    [Fact]
    public void A_file_is_copied_to_the_bit_and_a_line_says_so()
    {
        string text = Convert(Weights, "-o", _scene["vae.safetensors"]).Text();
        Assert.StartsWith($"{_scene["vae.safetensors"]}: a VAE, 248 tensors, 6 MB", text, StringComparison.Ordinal);
        using SafetensorsFile from = SafetensorsFile.Open(Weights), to = SafetensorsFile.Open(_scene["vae.safetensors"]);
        Assert.Equal(from.Tensors.Keys, to.Tensors.Keys);
        Assert.All(from.Tensors.Keys, name => Assert.Equal(from.Values(name), to.Values(name)));
    }

    [Theory]
    [InlineData("the input is missing")]
    [InlineData("-o is missing", "IN")]
    [InlineData("f16, bf16, f32 or keep", "IN", "-o", "OUT", "--type", "f8")]
    [InlineData("keep, diffusers or original", "IN", "-o", "OUT", "--layout", "single")]
    [InlineData("end the name with .safetensors", "IN", "-o", "OUT.ckpt")]
    [InlineData("is what is read", "IN", "-o", "IN", "--force")]
    [InlineData("there is no file or folder", "IN/nothing", "-o", "OUT")]
    [InlineData("become part of whole models", "IN", "-o", "OUT.safetensors", "--vae", "MODEL/vae")]
    [InlineData("lies in", "MODEL/unet", "-o", "MODEL", "--force")]
    [InlineData("what is read", "MODEL", "-o", "MODEL/unet/new.safetensors")]
    [InlineData("'b' is one word too many: one input at a time", "a", "b")]
    public void What_makes_no_sense_is_refused_in_a_line(string complaint, params string[] args)
    {
        string input = _scene["vae.safetensors"], model = _scene["model"];
        File.Copy(Weights, input);
        if (args.Any(word => word.Contains("MODEL", StringComparison.Ordinal))) _ = new TinyModel(model);
        string[] words = [.. args.Select(word => word.Replace("IN", input, StringComparison.Ordinal)
            .Replace("OUT", _scene["out"], StringComparison.Ordinal).Replace("MODEL", model, StringComparison.Ordinal))];
        string line = _scene.Unchanged(() => Convert(words).Complaint());
        Assert.Contains(complaint, line, StringComparison.Ordinal);
    }

    private static string Weights => Path.Combine(Model, "vae", "diffusion_pytorch_model.safetensors");

    private static Outcome Convert(params string[] args) => Evs.Run(["weights", "convert", .. args]);
}
