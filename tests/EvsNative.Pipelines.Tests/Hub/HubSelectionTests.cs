using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Hub;

namespace EvsNative.Pipelines.Tests.Hub;

/// <summary>Which files are fetched of repositories as people have them.</summary>
public sealed class HubSelectionTests
{
    private static readonly string[] StableDiffusion =
    [
        "README.md", ".gitattributes", "model_index.json", "v1-inference.yaml", "v1-5-pruned.ckpt", "v1-5-pruned.safetensors",
        "feature_extractor/preprocessor_config.json", "safety_checker/config.json", "safety_checker/model.safetensors",
        "scheduler/scheduler_config.json", "text_encoder/config.json", "text_encoder/model.safetensors",
        "text_encoder/model.fp16.safetensors", "text_encoder/pytorch_model.bin", "text_encoder/flax_model.msgpack",
        "text_encoder/openvino_model.bin", "tokenizer/merges.txt",
        "tokenizer/vocab.json", "tokenizer/special_tokens_map.json", "tokenizer/tokenizer_config.json", "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors", "unet/diffusion_pytorch_model.bin",
        "unet/diffusion_pytorch_model.non_ema.safetensors", "vae/config.json", "vae/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.fp16.safetensors", "vae/diffusion_pytorch_model.bin", "samples/a.png",
    ];

    private static readonly string[] Common =
    [
        "model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json", "tokenizer/merges.txt", "tokenizer/vocab.json",
        "tokenizer/special_tokens_map.json", "tokenizer/tokenizer_config.json", "unet/config.json", "vae/config.json",
    ];

    [Theory]
    [InlineData(null, "text_encoder/model.safetensors unet/diffusion_pytorch_model.safetensors vae/diffusion_pytorch_model.safetensors")]
    [InlineData("fp16",
        "text_encoder/model.fp16.safetensors unet/diffusion_pytorch_model.fp16.safetensors vae/diffusion_pytorch_model.fp16.safetensors")]
    [InlineData("non_ema",
        "text_encoder/model.safetensors unet/diffusion_pytorch_model.non_ema.safetensors vae/diffusion_pytorch_model.safetensors")]
    public void Of_a_model_each_network_is_fetched_once(string? variant, string weights) =>
        Expect([.. Common, .. weights.Split(' ')], StableDiffusion, variant: variant);

    [Theory]
    [InlineData("tokenizer", "tokenizer/merges.txt tokenizer/vocab.json tokenizer/special_tokens_map.json tokenizer/tokenizer_config.json")]
    [InlineData("vae", "vae/config.json vae/diffusion_pytorch_model.safetensors")]
    [InlineData("v1-5-pruned.safetensors", "v1-5-pruned.safetensors")]
    [InlineData("V1-5-Pruned.ckpt", "v1-5-pruned.ckpt")]
    [InlineData("unet/diffusion_pytorch_model.bin", "unet/diffusion_pytorch_model.bin")]
    public void A_file_or_a_folder_is_fetched_by_its_name(string path, string wanted) => Expect(wanted.Split(' '), StableDiffusion, path);

    [Theory]
    [InlineData("config.json diffusion_pytorch_model.bin",
        "README.md config.json diffusion_pytorch_model.bin diffusion_flax_model.msgpack")]
    [InlineData("config.json diffusion_pytorch_model.safetensors",
        "config.json diffusion_pytorch_model.bin diffusion_pytorch_model.safetensors diffusion_pytorch_model.fp16.safetensors")]
    [InlineData("config.json diffusion_pytorch_model.fp16.safetensors", "config.json diffusion_pytorch_model.fp16.safetensors")]
    [InlineData("pytorch_lora_weights.safetensors", "pytorch_lora_weights.safetensors README.md image.png")]
    [InlineData("watercolor.safetensors", "watercolor.safetensors README.md")]
    [InlineData("config.json model.safetensors.index.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors",
        "config.json model.safetensors.index.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors pytorch_model.bin")]
    [InlineData("config.json vocab.json merges.txt tokenizer.json model.safetensors",
        "config.json vocab.json merges.txt tokenizer.json model.safetensors pytorch_model.bin tf_model.h5 preprocessor_config.json")]
    public void Of_a_network_alone_what_is_read_is_fetched(string wanted, string there) => Expect(wanted.Split(' '), there.Split(' '));

    [Fact]
    public void A_folder_of_pickles_alone_is_fetched() => Expect(
        ["model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.bin"],
        ["model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.bin", "unet/model.onnx"]);

    [Fact]
    public void An_index_brings_its_files_along() => Expect(
        ["a/model.safetensors.index.fp16.json", "a/model.fp16-00001-of-00002.safetensors", "a/model.fp16-00002-of-00002.safetensors"],
        [
            "a/model.safetensors.index.fp16.json", "a/model.fp16-00001-of-00002.safetensors", "a/model.fp16-00002-of-00002.safetensors",
            "a/model-00001-of-00001.safetensors",
        ],
        "a/model.safetensors.index.fp16.json");

    [Fact]
    public void Of_several_networks_one_is_to_be_named()
    {
        var e = Assert.Throws<InputException>(() => Select(
            ["README.md", "animatediff_lightning_1step_diffusers.safetensors", "animatediff_lightning_8step_diffusers.safetensors"]));
        Assert.Equal(InputCode.NotGiven, e.Code);
        Assert.Equal("evsnative pull a/b/animatediff_lightning_8step_diffusers.safetensors", e.Details[1]);
    }

    [Fact]
    public void A_file_that_lies_elsewhere_is_told() => Assert.Contains(
        "'unet/config.json' is there",
        Assert.Throws<InputException>(() => Select(["unet/config.json"], "config.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void Known_models_have_words_and_places_of_their_own()
    {
        Assert.Equal(KnownModels.All.Count, KnownModels.All.DistinctBy(known => known.Word).Count());
        Assert.Equal(KnownModels.All.Count, KnownModels.All.DistinctBy(known => known.Place).Count());
        Assert.All(KnownModels.All, known => Assert.True(known.Sha256 is null || HubFile.HashOf(known.Sha256) == HubHash.Sha256));
        Assert.All(KnownModels.All, known => Assert.True(known.Sha256 is null || known.Place is null or { File: not null }));
        Assert.All(KnownModels.All, known => Assert.Null(HubName.TryParse(known.Word)));
        Assert.All(KnownModels.All, known => Assert.Same(known, KnownModels.Find(known.Word.ToUpperInvariant())));
    }

    private static IReadOnlyList<HubFile> Select(string[] there, string? path = null, string? variant = null) =>
        HubSelection.Of([.. there.Select(name => new HubFile(name, 1, null, HubHash.None))], new HubName("a", "b", File: path), variant);

    private static void Expect(string[] wanted, string[] there, string? path = null, string? variant = null) => Assert.Equal(
        wanted.Order(StringComparer.Ordinal), Select(there, path, variant).Select(file => file.Path).Order(StringComparer.Ordinal));
}
