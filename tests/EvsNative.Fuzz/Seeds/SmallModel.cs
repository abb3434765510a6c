using System.Text;
using System.Text.Json;
using EvsNative.Fuzz.Running;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Fuzz.Seeds;

/// <summary>
/// The smallest model that the product takes whole: every network with one layer of each kind, weights of zeros, a vocabulary of bytes and
/// a few merges. Opening it and running it dry takes milliseconds.
/// </summary>
internal static class SmallModel
{
    /// <summary>Tokens of its vocabulary: the bytes, each at the end of a word too, two special ones, and a few merges.</summary>
    public const int Tokens = 526;

    private const string Scheduler = """
        {"_class_name":"DDIMScheduler","beta_start":0.00085,"beta_end":0.012,"beta_schedule":"scaled_linear","num_train_timesteps":1000,
        "clip_sample":false,"set_alpha_to_one":false,"steps_offset":1,"timestep_spacing":"leading","prediction_type":"epsilon"}
        """;

    private const string Index = """
        {"_class_name":"StableDiffusionPipeline","_diffusers_version":"0.31.0","unet":["diffusers","UNet2DConditionModel"],
        "vae":["diffusers","AutoencoderKL"],"text_encoder":["transformers","CLIPTextModel"],"scheduler":["diffusers","DDIMScheduler"]}
        """;

    private static readonly UNetConfig UNetSizes = new([32, 32], [true, false], [false, true], 1, 16, 2, 4);
    private static readonly VaeConfig VaeSizes = new([8, 8, 8, 8], 1, 4, 4);
    private static readonly ClipConfig TextSizes = new(16, 1, 2, 32, Tokens);
    private static readonly MotionConfig MotionSizes = new([32, 32], 1, 8, 32, 32, false);

    /// <summary>Names of the files of JSON that say sizes, schedule and pipeline.</summary>
    public static IReadOnlyList<string> Configs { get; } =
    [
        "unet/config.json", "vae/config.json", "text_encoder/config.json", "motion_adapter/config.json", "scheduler/scheduler_config.json",
        "model_index.json",
    ];

    /// <summary>Names of the files of weights.</summary>
    public static IReadOnlyList<string> Weights { get; } =
    [
        "unet/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors",
        "motion_adapter/diffusion_pytorch_model.safetensors",
    ];

    /// <summary>The folder.</summary>
    public static IReadOnlyList<FuzzFile> Files { get; } = [.. Make()];

    /// <summary>The tensors of its image model under the names of one file.</summary>
    public static IReadOnlyList<(string Name, long[] Shape)> InOneFile { get; } = [.. MakeInOneFile()];

    /// <summary>What shapes do not tell of it, as the metadata of one file.</summary>
    public static IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>
    {
        [SingleFileConfig.Key(ModelPartKind.UNet)] = ConfigWriter.Text(json => ConfigWriter.Write(json, UNetSizes)),
        [SingleFileConfig.Key(ModelPartKind.Vae)] = ConfigWriter.Text(json => ConfigWriter.Write(json, VaeSizes)),
        [SingleFileConfig.Key(ModelPartKind.TextEncoder)] = ConfigWriter.Text(json => ConfigWriter.Write(json, TextSizes)),
    };

    /// <summary>The content of one of its files.</summary>
    public static byte[] Of(string name) => Files.First(file => file.Name == name).Bytes;

    private static IEnumerable<(string Name, long[] Shape)> MakeInOneFile()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        RecordedWeights unet = new(new FormulaWeights()), vae = new(new FormulaWeights()), text = new(new FormulaWeights());
        _ = new UNet(new WeightStore(d, unet).Root, UNetSizes);
        _ = new Vae(new WeightStore(d, vae).Root, VaeSizes);
        _ = new ClipTextEncoder(new WeightStore(d, text).Root, TextSizes);
        var names = new SingleFileNames(UNetSizes, VaeSizes);
        IEnumerable<(string Name, long[] Shape)> Of(ModelPartKind kind, RecordedWeights weights) =>
            weights.Asked.Select(tensor => (names.Stored(kind, tensor.Name), SingleFileNames.ShapeOf(kind, tensor.Shape).ToArray()));
        return
        [
            .. Of(ModelPartKind.UNet, unet), .. Of(ModelPartKind.Vae, vae), .. Of(ModelPartKind.TextEncoder, text),
        ];
    }

    private static IEnumerable<FuzzFile> Make()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        RecordedWeights unet = new(new FormulaWeights()), vae = new(new FormulaWeights());
        RecordedWeights text = new(new FormulaWeights()), motion = new(new FormulaWeights());
        WeightSource Root(RecordedWeights weights) => new WeightStore(d, weights).Root;
        _ = new UNet(Root(unet), UNetSizes, MotionSizes, Root(motion));
        _ = new Vae(Root(vae), VaeSizes);
        _ = new ClipTextEncoder(Root(text), TextSizes);
        RecordedWeights[] asked = [unet, vae, text, motion];
        for (int i = 0; i < asked.Length; i++)
            yield return new FuzzFile(Weights[i], SafetensorsSeeds.Of(asked[i].Asked.Select(t => (t.Name, "F16", t.Shape.ToArray()))));

        string[] configs =
        [
            ConfigWriter.Text(json => ConfigWriter.Write(json, UNetSizes)),
            ConfigWriter.Text(json => ConfigWriter.Write(json, VaeSizes)),
            ConfigWriter.Text(json => ConfigWriter.Write(json, TextSizes)),
            ConfigWriter.Text(json => ConfigWriter.Write(json, MotionSizes)),
            Scheduler,
            Index,
        ];
        for (int i = 0; i < configs.Length; i++) yield return new FuzzFile(Configs[i], Encoding.UTF8.GetBytes(configs[i]));

        var vocabulary = FormulaVocabulary.Make(Tokens);
        yield return new FuzzFile("tokenizer/vocab.json", JsonSerializer.SerializeToUtf8Bytes(vocabulary.Vocabulary));
        yield return new FuzzFile("tokenizer/merges.txt", Encoding.UTF8.GetBytes("#version: 0.2\n" + string.Join('\n', vocabulary.Merges)));
    }
}
