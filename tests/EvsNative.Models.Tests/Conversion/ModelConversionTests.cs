using EvsNative.Layers;
using EvsNative.Models.Sampling;
using EvsNative.Models.Tests.Checkpoints;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Conversion;

/// <summary>Models, autoencoders and motion modules in other layouts: the same networks under other names, and back.</summary>
public sealed class ModelConversionTests : IDisposable
{
    private readonly Conversions _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_s_folder_becomes_one_file_and_a_folder_again()
    {
        string model = _folder.Model();
        Edit(Path.Combine(model, "scheduler", "scheduler_config.json"), text => text.Replace("0.012", "0.013", StringComparison.Ordinal));
        var result = _folder.Convert(model, "model.safetensors");
        Assert.Equal(ConversionLayout.Original, result.Layout);
        Assert.Contains("motion modules have no place", Assert.Single(result.Notices).Message, StringComparison.Ordinal);
        _folder.Convert(_folder["model.safetensors"], "copy", r => r with { Tokenizer = Path.Combine(model, "tokenizer") });
        _folder.Convert(_folder["copy"], "again.safetensors");
        using ModelParts from = Conversions.Open(model), single = Conversions.Open(_folder["model.safetensors"]),
            to = Conversions.Open(_folder["copy"]);
        Conversions.AssertSame(from, single);
        Conversions.AssertSame(from, to);
        Assert.Equal(0.013, to.ImageScheduler.BetaEnd);
        using SafetensorsFile first = SafetensorsFile.Open(_folder["model.safetensors"]),
            second = SafetensorsFile.Open(_folder["again.safetensors"]);
        Assert.Contains("first_stage_model.decoder.mid.attn_1.q.weight", first.Tensors.Keys);
        Assert.Equal(4, first.Tensors["first_stage_model.decoder.mid.attn_1.q.weight"].Shape.Count);
        Assert.Equal(first.Tensors.Keys, second.Tensors.Keys);
        Assert.All(first.Tensors.Keys, name => Assert.Equal(Conversions.Bytes(first, name), Conversions.Bytes(second, name)));
        using var vae = SafetensorsFile.Open(_folder["copy/vae/diffusion_pytorch_model.safetensors"]);
        Assert.Equal(2, vae.Tensors["decoder.mid_block.attentions.0.to_q.weight"].Shape.Count);
        Assert.Equal(4, vae.Tensors["post_quant_conv.weight"].Shape.Count);
    }

    [Fact]
    public void A_folder_written_anew_is_the_same_model()
    {
        string model = _folder.Model();
        Assert.Equal(ConversionLayout.Diffusers, _folder.Convert(model, "copy").Layout);
        using ModelParts from = ModelParts.Open(model, null), to = ModelParts.Open(_folder["copy"], null);
        Conversions.AssertSame(from, to);
        Assert.Equal(from.MotionProfile, to.MotionProfile);
        const string prompt = "a red fox, 12 m";
        Assert.Equal(((ClipTokenizer)from.Tokenizer).Encode(prompt).Ids, ((ClipTokenizer)to.Tokenizer).Encode(prompt).Ids);
    }

    [Fact]
    public void A_checkpoint_whose_vocabulary_is_nowhere_becomes_a_folder_without_one_and_a_line_says_so()
    {
        _folder.Convert(_folder.Model(), "model.safetensors");
        Directory.Delete(_folder["model"], recursive: true);
        var result = _folder.Convert(_folder["model.safetensors"], "copy");
        Assert.False(Directory.Exists(_folder["copy/tokenizer"]));
        Assert.DoesNotContain("CLIPTokenizer", File.ReadAllText(_folder["copy/model_index.json"]), StringComparison.Ordinal);
        Assert.Contains("--tokenizer", Assert.Single(result.Notices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_autoencoder_takes_the_place_of_a_model_s()
    {
        string model = _folder.Model(), other = _folder["other"];
        _folder.Convert(Path.Combine(model, "vae"), "other", r => r with { Type = StoredType.BF16 });
        _folder.Convert(model, "copy", r => r with { Vae = other });
        using ModelParts from = Conversions.Open(model), to = Conversions.Open(_folder["copy"]);
        using var vae = SafetensorsFile.Open(Path.Combine(other, "diffusion_pytorch_model.safetensors"));
        Assert.All(to.Vae.Weights.Names, name => Assert.Equal(Conversions.Bytes(vae, name), Conversions.Bytes(to.Vae.Weights, name)));
        IWeightFile before = from.UNet.Weights, after = to.UNet.Weights;
        Assert.All(before.Names, name => Assert.Equal(Conversions.Bytes(before, name), Conversions.Bytes(after, name)));
    }

    [Fact]
    public void LoRAs_become_part_of_the_model_and_what_they_do_not_touch_keeps_its_bits()
    {
        const string layer = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
        string module = $"lora_unet_{layer.Replace('.', '_')}", model = _folder.Model();
        var draw = new Draw(5);
        float[] down = draw.Normals(2 * 64), up = draw.Normals(64 * 2);
        SafetensorsWriter.Save(
            _folder["snow.safetensors"],
            [($"{module}.lora_down.weight", [2, 64], down), ($"{module}.lora_up.weight", [64, 2], up), ($"{module}.alpha", [1], [1])]);
        _folder.Convert(model, "copy", r => r with { Loras = [new LoraChoice(_folder["snow.safetensors"], 0.5)] });
        using ModelParts from = Conversions.Open(model), to = Conversions.Open(_folder["copy"]);
        IWeightFile before = from.UNet.Weights, after = to.UNet.Weights;
        bool IsChanged(string name) => !Conversions.Bytes(before, name).SequenceEqual(Conversions.Bytes(after, name));
        string changed = Assert.Single(before.Names, IsChanged);
        Assert.Equal($"{layer}.weight", changed);
        float[] weights = new float[64 * 64], merged = new float[64 * 64];
        before.Read(changed, [64, 64], weights);
        after.Read(changed, [64, 64], merged);
        for (int i = 0; i < weights.Length; i++)
        {
            double sum = (up[2 * (i / 64)] * (double)down[i % 64]) + (up[(2 * (i / 64)) + 1] * (double)down[64 + (i % 64)]);
            Assert.Equal((float)(Half)(weights[i] + (0.25 * sum)), merged[i], 1e-3f);
        }
    }

    [Fact]
    public void An_autoencoder_changes_its_names_and_back()
    {
        string vae = Path.Combine(_folder.Model(), "vae");
        _folder.Convert(vae, "vae.safetensors", r => r with { Layout = ConversionLayout.Original });
        _folder.Convert(_folder["vae.safetensors"], "again");
        using SafetensorsFile from = SafetensorsFile.Open(Path.Combine(vae, "diffusion_pytorch_model.safetensors")),
            original = SafetensorsFile.Open(_folder["vae.safetensors"]),
            to = SafetensorsFile.Open(_folder["again/diffusion_pytorch_model.safetensors"]);
        Assert.Contains("decoder.mid.attn_1.proj_out.weight", original.Tensors.Keys);
        Assert.Equal(from.Tensors.Keys.Order(), to.Tensors.Keys.Order());
        Assert.All(from.Tensors.Values, tensor => Assert.Equal(
            (string.Join(',', tensor.Shape), System.Convert.ToHexString(Conversions.Bytes(from, tensor.Name))),
            (string.Join(',', to.Tensors[tensor.Name].Shape), System.Convert.ToHexString(Conversions.Bytes(to, tensor.Name)))));
        using ModelParts one = Conversions.Open(_folder["model"]), other = ModelParts.Open(
            new ModelRequest(_folder["model"]) { NeedsMotion = false, Vae = _folder["again"] });
        Assert.Equal(one.Vae.ConfigText(), other.Vae.ConfigText());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Motion_modules_stay_what_they_are_said_to_be_whatever_the_file_is_called(string kind)
    {
        string input = _folder["somebody-s.safetensors"];
        var tensors = MotionTensors.Of([32], 1, hasMid: true, null);
        SafetensorsWriter.Save(input, tensors.Select(tensor => (tensor.Name, tensor.Shape, Conversions.Values(tensor.Name, tensor.Shape))));
        foreach (string output in (string[])["a.safetensors", "b"])
        {
            _folder.Convert(input, output, r => r with { Layout = ConversionLayout.Diffusers, MotionKind = MotionKind.Parse(kind) });
            using var files = new WeightFiles();
            var facts = MotionAdapterFile.Open(files, _folder[output]).Facts;
            Assert.Equal(MotionKind.Parse(kind).Profile, MotionRecognition.KindOf(facts).Profile);
        }
    }

    public static TheoryData<string> Kinds => [.. MotionKind.Words];

    [Theory]
    [InlineData("adapter", false)]
    [InlineData("adapter.safetensors", false)]
    [InlineData("adapter", true)]
    public void Motion_modules_get_diffusers_names_and_their_tables(string output, bool haveOwnTables)
    {
        var tensors = MotionTensors.Of([32, 64], 1, hasMid: true, 24).ToList();
        string input = _folder["animatediff.safetensors"];
        SafetensorsWriter.Save(input, tensors.SelectMany(tensor =>
            MotionTensors.Original(tensor.Name).Select(name => (name, tensor.Shape, Content(tensor.Name, tensor.Shape)))));
        var result = _folder.Convert(input, output, r => r with { Layout = ConversionLayout.Diffusers });
        Assert.Equal(tensors.Count, result.Tensors);
        string file = output.EndsWith("safetensors", StringComparison.Ordinal)
            ? _folder[output]
            : Path.Combine(_folder[output], "diffusion_pytorch_model.safetensors");
        using var written = SafetensorsFile.Open(file);
        Assert.Equal(tensors.Select(tensor => tensor.Name).Order(), written.Tensors.Keys.Order());
        foreach (var (name, shape) in tensors)
        {
            Assert.Equal(shape, written.Tensors[name].Shape);
            Assert.Equal(Content(name, shape), written.Values(name));
        }

        using WeightFiles files = new(), other = new();
        Assert.Equal(MotionAdapterFile.Open(files, input).ConfigText(), MotionAdapterFile.Open(other, _folder[output]).ConfigText());

        float[] Content(string name, long[] shape) => ComputedTables.Contains(name) && !haveOwnTables
            ? Sinusoids.Positions((int)shape[1], (int)shape[2])
            : Conversions.Values(name, shape);
    }

    private static void Edit(string file, Func<string, string> edit) => File.WriteAllText(file, edit(File.ReadAllText(file)));
}
