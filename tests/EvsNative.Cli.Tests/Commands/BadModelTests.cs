using System.Text.Json.Nodes;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Models that cannot be used: what the file really is, where, and what to do; lists of tensors by name below.</summary>
public sealed class BadModelTests : IDisposable
{
    private const string UNetWeights = "unet/diffusion_pytorch_model.safetensors";

    private readonly Scene _scene = new();
    private TinyModel? _model;

    private TinyModel Model => _model ??= new TinyModel(_scene["model"]);

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_model_that_is_not_there_is_named() => Refused(_scene["nowhere"], _scene["nowhere"], "no such file or folder");

    [Fact]
    public void A_text_file_is_no_model() => Refused(_scene.Text("model.safetensors"), _scene["model.safetensors"], "text");

    [Fact]
    public void A_folder_of_something_else_lists_what_a_model_has()
    {
        string error = _scene.RefusesWithList(Args(_scene.Frames("frames", 2)));
        Assert.All(["unet/config.json", "vae/", "text_encoder/", "tokenizer/vocab.json"],
            word => Assert.Contains(word, error, StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_file_in_place_of_weights_is_called_one()
    {
        File.WriteAllText(Model.WeightsOf("unet"), "version https://example.org\nnothing but words\n");
        Refused(Model.Path, Model.WeightsOf("unet"), "text");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.999)]
    [InlineData(0.0001)]
    public void A_truncated_file_is_to_be_downloaded_again(double share)
    {
        TinyModel.Truncate(Model.WeightsOf("unet"), share);
        Refused(Model.Path, Model.WeightsOf("unet"), "download it again");
    }

    [Fact]
    public void A_header_of_absurd_length_is_refused()
    {
        TinyModel.WriteLength(Model.WeightsOf("vae"), long.MaxValue);
        Refused(Model.Path, Model.WeightsOf("vae"));
    }

    [Fact]
    public void An_SDXL_folder_is_called_one_by_its_index()
    {
        Model.Edit("model_index.json", index => index["_class_name"] = "StableDiffusionXLPipeline");
        Refused(Model.Path, Model.Path, "SDXL", "Stable Diffusion 1.5");
    }

    [Fact]
    public void An_SDXL_folder_is_called_one_by_its_second_text_encoder()
    {
        File.Delete(Path.Combine(Model.Path, "model_index.json"));
        Directory.CreateDirectory(Path.Combine(Model.Path, "text_encoder_2"));
        Refused(Model.Path, "SDXL");
    }

    [Fact]
    public void An_SDXL_U_Net_is_called_one_by_its_configuration()
    {
        Model.Edit("unet/config.json", config => (config["cross_attention_dim"], config["addition_embed_type"]) = (2048, "text_time"));
        Refused(Model.Path, Model.ConfigOf("unet"), "SDXL");
    }

    [Fact]
    public void An_SDXL_checkpoint_in_one_file_is_called_one_by_its_tensors()
    {
        SafetensorsWriter.Save(_scene["xl.safetensors"],
        [
            ("conditioner.embedders.0.transformer.text_model.final_layer_norm.weight", [4], new float[4]),
            ("model.diffusion_model.input_blocks.0.0.weight", [2, 4, 3, 3], new float[72]),
        ]);
        Refused(_scene["xl.safetensors"], _scene["xl.safetensors"], "SDXL checkpoint", "Stable Diffusion 1.5");
    }

    [Fact]
    public void An_inpainting_model_is_called_one()
    {
        Model.Edit("unet/config.json", config => config["in_channels"] = 9);
        Model.Rewrite("unet", (name, shape, values) => name == "conv_in.weight" ? (name, [shape[0], 9, 3, 3], new float[shape[0] * 81])
            : (name, shape, values));
        Refused(Model.Path, Model.ConfigOf("unet"), "inpainting");
    }

    [Fact]
    public void An_inpainting_U_Net_under_a_plain_configuration_is_found_by_its_shapes()
    {
        Model.Rewrite("unet", (name, shape, values) => name == "conv_in.weight" ? (name, [shape[0], 9, 3, 3], new float[shape[0] * 81])
            : (name, shape, values));
        string error = _scene.RefusesWithList(Args(Model.Path));
        Assert.Contains("of another shape: conv_in.weight wanted [64,4,3,3], found [64,9,3,3]", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_motion_adapter_of_another_width_is_refused()
    {
        Model.Edit("motion_adapter/config.json",
            config => (config["block_out_channels"], config["motion_norm_num_groups"]) = (new JsonArray(32, 48, 64, 64), 16));
        Model.Rewrite("motion_adapter", (name, shape, _) =>
        {
            long[] half = [.. shape.Select(length => length > 1 ? length / 2 : length)];
            return (name, half, new float[half.Aggregate(1L, (product, length) => product * length)]);
        });
        Refused(Model.Path, Model.ConfigOf("motion_adapter"), "[32, 48, 64, 64]", "[64, 96, 128, 128]");
    }

    [Fact]
    public void A_file_of_something_else_is_no_motion_adapter()
    {
        Refused(Args(Model.Path, "--motion", Model.WeightsOf("vae")), Model.WeightsOf("vae"), "a VAE", "motion adapter");
        Refused(Args(Model.Path, "--motion", _scene["nowhere.safetensors"]), _scene["nowhere.safetensors"], "no such file");
        Refused(Args(Model.Path, "--motion", _scene.Text("motion.safetensors")), _scene["motion.safetensors"], "text");
    }

    [Fact]
    public void A_model_without_motion_modules_asks_for_them()
    {
        Directory.Delete(Path.Combine(Model.Path, "motion_adapter"), recursive: true);
        Refused(Model.Path, Model.Path, "--motion", "--mode t2i");
    }

    [Fact]
    public void Missing_tensors_are_listed_below_the_summary()
    {
        Model.Rewrite("unet", (name, shape, values) => name.StartsWith("mid_block.resnets.0.conv", StringComparison.Ordinal) ? null
            : (name, shape, values));
        string[] lines = _scene.RefusesWithList(Args(Model.Path)).Trim().Split('\n');
        Assert.Contains(UNetWeights, lines[0], StringComparison.Ordinal);
        Assert.Contains("4 missing", lines[0], StringComparison.Ordinal);
        Assert.Equal(["conv1.bias", "conv1.weight", "conv2.bias", "conv2.weight"],
            lines[1..].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]["mid_block.resnets.0.".Length..]));
    }

    [Fact]
    public void Tensors_that_nobody_asked_for_are_listed()
    {
        Model.Rewrite("vae", (name, shape, values) => (name == "decoder.conv_out.bias" ? "decoder.conv_exit.bias" : name, shape, values));
        string error = _scene.RefusesWithList(Args(Model.Path));
        Assert.Contains("missing: decoder.conv_out.bias", error, StringComparison.Ordinal);
        Assert.Contains("left over: decoder.conv_exit.bias", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_list_is_cut_off_with_its_length()
    {
        Model.Rewrite("unet", (name, shape, values) => ("x." + name, shape, values));
        string[] lines = _scene.RefusesWithList(Args(Model.Path)).Trim().Split('\n');
        Assert.Equal(42, lines.Length);
        Assert.Matches(@"^  and \d+ more$", lines[^1]);
    }

    [Theory]
    [InlineData("unet", "up_blocks.1.attentions.0.proj_in.weight", float.NaN)]
    [InlineData("vae", "encoder.conv_in.weight", float.PositiveInfinity)]
    [InlineData("motion_adapter", "mid_block.motion_modules.0.norm.weight", float.NaN)]
    public void Numbers_that_are_none_are_found_at_loading_and_named(string part, string tensor, float value)
    {
        bool isFound = false;
        Model.Rewrite(part, (name, shape, values) =>
        {
            if (name == tensor) (values[^1], isFound) = (value, true);
            return (name, shape, values);
        });
        Assert.True(isFound, $"the model has no {tensor}");
        string error = _scene.RefusesWithList(Args(Model.Path));
        Assert.Contains($"{part}/", error, StringComparison.Ordinal);
        Assert.Contains($"not finite: {tensor} 1 of", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_refused_by_the_plan_too()
    {
        TinyModel.Truncate(Model.WeightsOf("unet"), 0.5);
        Assert.Contains(Model.WeightsOf("unet"), Evs.Run("plan", "--model", Model.Path, "--size", "64x64").Complaint(),
            StringComparison.Ordinal);
    }

    private string[] Args(string model, params string[] more) =>
        [Clip(), "--prompt", "a red balloon", "--model", model, "-o", _scene["out"], "--frames-per-pass", "1", .. more];

    private string Clip() => Directory.Exists(_scene["clip"]) ? _scene["clip"] : _scene.Frames("clip", 2);

    private void Refused(string model, params string[] words) => Refused(Args(model), words);

    private void Refused(string[] args, params string[] words)
    {
        string line = _scene.Refuses(args);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }
}
