using System.Text.Json;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

public sealed class ModelFolderTests : IDisposable
{
    private static readonly string Tiny = Repository.File("weights", "evs-tiny");

    private readonly TemporaryFolder _folder = new();
    private readonly WeightFiles _files = new();
    private readonly Device _dry = Device.Open(new DeviceOptions(Backend.Null));

    public void Dispose()
    {
        _files.Dispose();
        _dry.Dispose();
        _folder.Dispose();
    }

    /// <summary>A copy of the demo's model to be spoiled.</summary>
    private string Copy()
    {
        foreach (string file in Directory.GetFiles(Tiny, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, _folder[Path.Combine("model", Path.GetRelativePath(Tiny, file))]);
        }

        return _folder["model"];
    }

    private static InputException Refused(string path) => Assert.Throws<InputException>(() => ModelFolder.Open(path));

    [Fact]
    public void The_demos_model_fits_its_networks_tensor_by_tensor()
    {
        var model = ModelFolder.Open(Tiny);
        Assert.True(model.HasMotionAdapter);
        Assert.True(File.Exists(Path.Combine(model.TokenizerFolder, "merges.txt")));
        Assert.Equal("scaled_linear", model.ReadScheduler()!.Value.GetProperty("beta_schedule").GetString());

        var (unet, motion) = (model.Open(_files, ModelPartKind.UNet), model.OpenMotionAdapter(_files));
        var (vae, text) = (model.Open(_files, ModelPartKind.Vae), model.Open(_files, ModelPartKind.TextEncoder));
        _files.Verify();
        WeightStore unetStore = new(_dry, unet.Weights), motionStore = new(_dry, motion.Weights);
        _ = new UNet(unetStore.Root, unet.Config, motion.Config, motionStore.Root);
        unetStore.Verify();
        motionStore.Verify();

        var vaeStore = new WeightStore(_dry, vae.Weights);
        _ = new Vae(vaeStore.Root, vae.Config);
        vaeStore.Verify();

        var textStore = new WeightStore(_dry, text.Weights);
        _ = new ClipTextEncoder(textStore.Root, text.Config);
        textStore.Verify();
    }

    [Theory]
    [InlineData("unet", 442)]
    [InlineData("vae", 248)]
    [InlineData("text_encoder", 36)]
    public void Each_part_is_opened_by_its_own_folder_or_by_the_models(string name, int tensors)
    {
        foreach (string path in new[] { Tiny, Path.Combine(Tiny, name) })
        {
            ModelPart part = name switch
            {
                "unet" => ModelPart.Open(_files, ModelPartKind.UNet, path),
                "vae" => ModelPart.Open(_files, ModelPartKind.Vae, path),
                _ => ModelPart.Open(_files, ModelPartKind.TextEncoder, path),
            };
            Assert.Equal(name, part.Kind.Folder);
            Assert.Equal(tensors, part.Weights.Names.Count);
            Assert.Equal(Path.Combine(Tiny, name, "config.json"), part.ConfigOrigin);
        }
    }

    [Fact]
    public void Everything_missing_is_listed_at_once()
    {
        string model = Copy();
        Directory.Delete(Path.Combine(model, "vae"), recursive: true);
        File.Delete(Path.Combine(model, "unet", "config.json"));
        File.Delete(Path.Combine(model, "text_encoder", "model.safetensors"));
        File.Delete(Path.Combine(model, "tokenizer", "merges.txt"));
        var error = Refused(model);
        Assert.Equal(InputCode.Incomplete, error.Code);
        Assert.StartsWith($"{model}: 5 of the model's files are missing", error.Message, StringComparison.Ordinal);
        Assert.Equal(["unet/config.json", "vae/config.json", "vae/diffusion_pytorch_model.safetensors"], error.Details.Take(3));
        Assert.Contains("there are no weights here (model.safetensors)", error.Details[3], StringComparison.Ordinal);
        Assert.Equal("tokenizer/merges.txt", error.Details[4]);
    }

    [Fact]
    public void A_vocabulary_in_one_file_is_enough()
    {
        string tokenizer = Path.Combine(Copy(), "tokenizer");
        var files = ClipTokenizerFiles.Read(tokenizer);
        string joined = JsonSerializer.Serialize(new { model = new { type = "BPE", vocab = files.Vocabulary, merges = files.Merges } });
        File.WriteAllText(Path.Combine(tokenizer, "tokenizer.json"), joined);
        File.Delete(Path.Combine(tokenizer, "vocab.json"));
        File.Delete(Path.Combine(tokenizer, "merges.txt"));
        using var parts = ModelParts.Open(_folder["model"], null);
        using var original = ModelParts.Open(Tiny, null);
        Assert.Equal(original.Tokenizer.Encode("a red balloon").Ids, parts.Tokenizer.Encode("a red balloon").Ids);
    }

    [Fact]
    public void Full_precision_is_preferred_and_fp16_taken_where_it_is_alone()
    {
        string text = Path.Combine(Copy(), "text_encoder");
        string full = Path.Combine(text, "model.safetensors"), half = Path.Combine(text, "model.fp16.safetensors");
        File.Copy(full, half);
        Assert.Equal(full, PartFiles.Find(text, "model"));
        File.Delete(full);
        Assert.Equal(half, PartFiles.Find(text, "model"));
        var part = ModelPart.Open(_files, ModelPartKind.TextEncoder, text);
        Assert.Equal(half, part.Weights.Origin);
    }

    [Fact]
    public void A_single_file_of_another_name_is_taken_and_one_of_two_is_not_guessed()
    {
        string vae = Path.Combine(Copy(), "vae"), other = Path.Combine(vae, "vae-ft-mse.safetensors");
        File.Move(Path.Combine(vae, "diffusion_pytorch_model.safetensors"), other);
        Assert.Equal(other, PartFiles.Find(vae, "diffusion_pytorch_model"));
        File.Copy(other, Path.Combine(vae, "second.safetensors"));
        var error = Assert.Throws<InputException>(() => PartFiles.Find(vae, "diffusion_pytorch_model"));
        Assert.Contains("2 safetensors files", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_are_read_as_one_file()
    {
        string vae = Path.Combine(Copy(), "vae"), whole = Path.Combine(vae, "diffusion_pytorch_model.safetensors");
        using (var file = SafetensorsFile.Open(whole))
        {
            var halves = file.Names.Chunk((file.Names.Count / 2) + 1).ToList();
            for (int i = 0; i < 2; i++)
            {
                var tensors = halves[i].Select(name => (name, file.Tensors[name].Shape.ToArray(), file.Values(name)));
                SafetensorsWriter.Save(Path.Combine(vae, $"shard-{i}.safetensors"), tensors);
            }

            var map = halves.SelectMany((names, i) => names.Select(name => $"\"{name}\": \"shard-{i}.safetensors\""));
            File.WriteAllText(whole + ".index.json", $$"""{"metadata": {"total_size": 1}, "weight_map": { {{string.Join(',', map)}} } }""");
        }

        var original = ModelPart.Open(_files, ModelPartKind.Vae, Tiny);
        File.Delete(whole);
        var sharded = ModelPart.Open(_files, ModelPartKind.Vae, vae);
        _files.Verify();
        Assert.Equal(whole + ".index.json", sharded.Weights.Origin);
        Assert.EndsWith("shard-1.safetensors", sharded.Weights.OriginOf("post_quant_conv.bias"), StringComparison.Ordinal);
        Assert.Equal(original.Weights.Names.Order(), sharded.Weights.Names.Order());
        foreach (string name in original.Weights.Names) Assert.Equal(Values(original.Weights, name), Values(sharded.Weights, name));
    }

    [Theory]
    [InlineData("""{"weight_map": {"x": "../secret.safetensors"}}""", "not a file of weights beside it")]
    [InlineData("""{"weight_map": {"x": "/etc/passwd"}}""", "not a file of weights beside it")]
    [InlineData("""{"weight_map": {"x": 3}}""", "not a file of weights beside it")]
    [InlineData("""{"weight_map": {"x": "gone.safetensors"}}""", "gone.safetensors: check the name")]
    [InlineData("""{"weight_map": {"x": "here.safetensors"}}""", "should hold tensor 'x' and does not")]
    [InlineData("""{"weight_map": []}""", "no weight_map")]
    [InlineData("""[]""", "the JSON is not an object")]
    [InlineData("""{"weight_map": """, "not valid JSON near line 1")]
    public void A_wrong_index_is_refused(string json, string reason)
    {
        string index = _folder["vae/diffusion_pytorch_model.safetensors.index.json"];
        File.WriteAllText(index, json);
        File.WriteAllText(_folder["vae/config.json"], "{}");
        SafetensorsWriter.Save(_folder["vae/here.safetensors"], [("y", [1], [1])]);
        var error = Assert.Throws<InputException>(() => ModelPart.Open(_files, ModelPartKind.Vae, _folder["vae"]));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder["vae"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_a_configuration_names_its_file()
    {
        string config = Path.Combine(Copy(), "unet", "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"in_channels\": 4", "\"in_channels\": 9", StringComparison.Ordinal));
        var error = Assert.Throws<InputException>(() => ModelPart.Open(_files, ModelPartKind.UNet, _folder["model"]));
        Assert.Equal(InputCode.Unsupported, error.Code);
        Assert.StartsWith(config, error.Message, StringComparison.Ordinal);
        Assert.Contains("inpainting", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_of_another_class_is_refused()
    {
        string config = Path.Combine(Copy(), "vae", "config.json");
        File.WriteAllText(config, """{"_class_name": "AutoencoderTiny"}""");
        var error = Assert.Throws<InputException>(() => ModelPart.Open(_files, ModelPartKind.Vae, _folder["model"]));
        Assert.Equal(InputCode.WrongKind, error.Code);
        Assert.Contains("class AutoencoderTiny: AutoencoderKL is needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_folders_are_named()
    {
        Assert.Equal(InputCode.NotFound, Refused(_folder["nowhere"]).Code);
        var part = Refused(Path.Combine(Tiny, "unet"));
        Assert.Equal(InputCode.WrongKind, part.Code);
        Assert.Contains("the folder of UNet2DConditionModel alone", part.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("StableDiffusionXLPipeline", "an SDXL model")]
    [InlineData("StableDiffusionInpaintPipeline", "an inpainting model")]
    [InlineData("StableDiffusionInstructPix2PixPipeline", "an InstructPix2Pix model")]
    public void A_folder_of_another_pipeline_is_refused_by_what_it_is(string pipeline, string sentence)
    {
        string model = Copy();
        File.WriteAllText(Path.Combine(model, "model_index.json"), $$"""{"_class_name": "{{pipeline}}"}""");
        var error = Refused(model);
        Assert.Equal(InputCode.WrongKind, error.Code);
        Assert.StartsWith($"{model}: {sentence}: the folder of a Stable Diffusion 1.5 model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_a_transformer_is_refused()
    {
        string model = Copy();
        Directory.CreateDirectory(Path.Combine(model, "transformer"));
        Assert.Contains("a model with a transformer in place of the U-Net", Refused(model).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_file_as_model_is_called_one()
    {
        string path = _folder.Write("model.safetensors", "a photo of a cat"u8);
        var error = Assert.Throws<InputException>(() => ModelSource.Open(_files, path));
        Assert.Equal(InputCode.WrongKind, error.Code);
        Assert.Contains("it is plain text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Old_names_of_the_autoencoder_are_known()
    {
        string folder = _folder["vae"];
        File.Copy(Path.Combine(Tiny, "vae", "config.json"), _folder["vae/config.json"]);
        (string New, string Old)[] spellings =
            [(".to_q.", ".query."), (".to_k.", ".key."), (".to_v.", ".value."), (".to_out.0.", ".proj_attn.")];
        using (var file = SafetensorsFile.Open(Path.Combine(Tiny, "vae", "diffusion_pytorch_model.safetensors")))
        {
            Assert.Equal(16, file.Names.Count(name => spellings.Any(s => name.Contains(s.New, StringComparison.Ordinal))));
            string Old(string name) => spellings.Aggregate(name, (n, s) => n.Replace(s.New, s.Old, StringComparison.Ordinal));
            var tensors = file.Names.Select(name => (Old(name), file.Tensors[name].Shape.ToArray(), file.Values(name)));
            SafetensorsWriter.Save(_folder["vae/diffusion_pytorch_model.safetensors"], tensors);
        }

        var old = ModelPart.Open(_files, ModelPartKind.Vae, folder);
        var today = ModelPart.Open(_files, ModelPartKind.Vae, Tiny);
        Assert.Equal(today.Weights.Names.Order(), old.Weights.Names.Order());
        const string key = "decoder.mid_block.attentions.0.to_out.0.bias";
        Assert.Equal(Values(today.Weights, key), Values(old.Weights, key));
    }

    [Theory]
    [InlineData("embeddings.token_embedding.weight", "text_model.embeddings.token_embedding.weight")]
    [InlineData("encoder.layers.0.mlp.fc1.bias", "text_model.encoder.layers.0.mlp.fc1.bias")]
    [InlineData("final_layer_norm.weight", "text_model.final_layer_norm.weight")]
    [InlineData("text_model.final_layer_norm.weight", "text_model.final_layer_norm.weight")]
    [InlineData("vision_model.encoder.layers.0.mlp.fc1.bias", null)]
    [InlineData("text_projection.weight", null)]
    [InlineData("logit_scale", null)]
    [InlineData("something.else", "something.else")]
    public void Names_of_text_encoders_are_brought_to_one_form(string stored, string? name) =>
        Assert.Equal(name, LegacyNames.TextEncoder(stored));

    private static float[] Values(IWeightFile file, string name)
    {
        var shape = file.FindShape(name, [])!;
        float[] values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        file.Read(name, shape, values);
        return values;
    }
}
