using System.Text.Json;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary><c>inspect</c>: what files and folders are, for people and for scripts.</summary>
public sealed class InspectTests : IDisposable
{
    private static readonly string Model = Repository.File("weights", "evs-tiny");

    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_script_reads_the_same_names_whatever_is_inspected()
    {
        string[] names =
        [
            "path", "is", "kind", "location", "format", "family", "layout", "variant", "evidence", "motion", "isUsable", "use", "fault",
            "bytes", "tensors", "numbers", "types", "parts", "unused", "metadata", "triggerWords", "hashes", "notes", "contents",
            "tensorList",
        ];
        string[] paths = [Model, Path.Combine(Model, "unet"), Weights("motion_adapter"), _scene.Text("notes.txt"), _scene.Path];
        var found = paths.Select(path => Evs.Run("inspect", path, "--json").Json()).ToList();
        Assert.All(found, json => Assert.Equal(names.Order(), json.EnumerateObject().Select(field => field.Name).Order()));
        string?[] kinds = ["model-folder", "u-net", "motion-adapter", "plain-text", "folder"];
        Assert.Equal(kinds, found.Select(json => json.GetProperty("kind").GetString()));
        Assert.Equal([true, false, true, false, false], found.Select(json => json.GetProperty("isUsable").GetBoolean()));
        Assert.Equal("lightning-8", found[2].GetProperty("motion").GetString());
        Assert.Equal(64, found[2].GetProperty("hashes").GetProperty("sha256").GetString()!.Length);
        Assert.Equal(10, found[2].GetProperty("hashes").GetProperty("autoV2").GetString()!.Length);
        Assert.Equal(JsonValueKind.Null, found[2].GetProperty("tensorList").ValueKind);
        Assert.Equal("wrong-kind", found[3].GetProperty("fault").GetProperty("code").GetString());
        var part = found[0].GetProperty("parts").EnumerateArray().Single(one => one.GetProperty("part").GetString() == "vae");
        Assert.Equal(0.38328, part.GetProperty("config").GetProperty("scaling_factor").GetDouble());
    }

    [Fact]
    public void People_read_what_it_is_what_it_goes_with_and_its_sizes()
    {
        string text = Evs.Run("inspect", Model).Text();
        Assert.Contains($"use         a model: --model {Model}", text, StringComparison.Ordinal);
        string[] words = ["block_out_channels [64,96,128,128]", "PNDMScheduler", "604 tokens", "F16 1077 (28.0 MB)", "lightning"];
        Assert.All(words, word => Assert.Contains(word, text, StringComparison.OrdinalIgnoreCase));
        string motion = Evs.Run("inspect", Weights("motion_adapter")).Text();
        Assert.Contains("--motion ", motion, StringComparison.Ordinal);
        Assert.Contains("SHA-256 ", motion, StringComparison.Ordinal);
        Assert.DoesNotContain("norm1", motion, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_are_listed_where_they_are_asked_for()
    {
        string[] all = Lines("--tensors"), some = Lines("--match", "CONV_IN");
        Assert.Equal(442, all.Length);
        string[] matching =
        [
            "F16     [64,4,3,3]           4608 bytes  conv_in.weight", "F16     [64]                  128 bytes  conv_in.bias",
        ];
        Assert.Equal(matching.Order(), some.Order());
        var json = Evs.Run("inspect", Weights("unet"), "--match", "conv_in", "--json").Json();
        Assert.Equal(2, json.GetProperty("tensorList").GetArrayLength());

        static string[] Lines(params string[] args)
        {
            string text = Evs.Run(["inspect", Weights("unet"), .. args]).Text();
            return [.. text.Split('\n').Where(line => line.StartsWith("F16 ", StringComparison.Ordinal))];
        }
    }

    [Theory]
    [InlineData("not-found", "nothing.safetensors")]
    [InlineData("damaged", "cut.safetensors")]
    public void What_cannot_be_read_is_an_error_of_a_code(string code, string name)
    {
        if (code == "damaged") File.WriteAllBytes(_scene[name], File.ReadAllBytes(Weights("vae"))[..10_000]);
        var outcome = Evs.Run("inspect", _scene[name], "--json");
        outcome.Complaint();
        using var json = JsonDocument.Parse(outcome.Output);
        Assert.Equal(code, json.RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("a path is missing")]
    [InlineData("'b' is one word too many: one path at a time", "a", "b")]
    [InlineData("unknown option '--tensor': did you mean '--tensors'?", "--tensor")]
    public void Words_that_make_no_sense_are_named(string complaint, params string[] args) =>
        Assert.Contains(complaint, Evs.Run(["inspect", .. args]).Complaint(), StringComparison.Ordinal);

    private static string Weights(string part) => Path.Combine(Model, part, "diffusion_pytorch_model.safetensors");
}
