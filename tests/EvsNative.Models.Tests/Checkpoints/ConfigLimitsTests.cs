using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>
/// Every key of every configuration with absurd values: one line, or a dry run that works, within two seconds and 200 MB. The keys are
/// those that reading asks for, so that a new one is tried without a further line here.
/// </summary>
public sealed class ConfigLimitsTests : IDisposable
{
    private const long MostBytes = 200 << 20;
    private const double MostSeconds = 2;

    private static readonly string Folder = Repository.File("weights", "evs-tiny");

    private static readonly string[] Absurd =
    [
        "0", "-1", "1", "2", "7", "96", "128", "1024", "4096", "65536", "1048576", "2147483647", "2147483648", "-2147483648",
        "1e999", "-1e999", "1e-999", "1e-30", "0.5", "1e30", "\"NaN\"", "true", "false", "null",
        "\"\"", "\"\\u001b]0;owned\\u0007\"", "\"\\ud800\"", "[]", "{}", "[[]]", "[null]", "[0]", "[1]", "[2, 2, 2, 2]",
        "[65536, 65536, 65536, 65536]", "[64, 64, 64, 2147483648]", "[\"\\ud800\"]", "[\"x\"]",
        "[\"UpBlock2D\", \"UpBlock2D\", \"UpBlock2D\", \"UpBlock2D\"]", new string('[', 60) + new string(']', 60),
        $"[{string.Join(", ", Enumerable.Repeat("64", 128))}]", $"[{string.Join(", ", Enumerable.Repeat('1', 100_000))}]",
        $"\"{new string('x', 100_000)}\"",
    ];

    private readonly ModelParts _tiny = ModelParts.Open(Folder, null);

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void A_denoisers_numbers() => Try(ModelPartKind.UNet, UNetConfig.Parse, config => Parts(unet: config));

    [Fact]
    public void An_autoencoders_numbers() => Try(ModelPartKind.Vae, VaeConfig.Parse, config => Parts(vae: config));

    [Fact]
    public void A_text_encoders_numbers() => Try(ModelPartKind.TextEncoder, ClipConfig.Parse, config => Parts(text: config));

    [Fact]
    public void A_motion_adapters_numbers() => Try(ModelPartKind.MotionAdapter, MotionConfig.Parse, config => Parts(motion: config));

    [Fact]
    public void A_schedulers_numbers()
    {
        Try(Path.Combine("scheduler", "scheduler_config.json"), fields => SchedulerConfig.Parse(fields), config => $"{config}", Sample);

        static void Sample(SchedulerConfig config)
        {
            foreach (int steps in new[] { 1, 2, 20, 50 })
            {
                Check(NoiseSchedule.Build(config, steps));
                Check(NoiseSchedule.BuildLcm(config, steps));
            }
        }

        static void Check(NoiseSchedule schedule)
        {
            for (int k = 0; k <= schedule.Steps; k++)
            {
                double[] numbers = [schedule.Signal(k), schedule.Noise(k), schedule.Sigma(k)];
                Assert.All(numbers, number => Assert.True(float.IsFinite((float)number), $"level {k}: {number}"));
            }
        }
    }

    /// <summary>What is asked for beside the numbers, in the files as they lie in a folder.</summary>
    [Theory]
    [InlineData("model_index.json", "_class_name")]
    [InlineData("unet/config.json", "_class_name")]
    [InlineData("motion_adapter/config.json", "_motion_kind")]
    [InlineData("motion_adapter/config.json", "_name_or_path")]
    [InlineData("unet/diffusion_pytorch_model.safetensors.index.json", "weight_map")]
    public void Words_of_a_folder(string file, string key)
    {
        using var folder = new TemporaryFolder();
        foreach (string path in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
            File.CreateSymbolicLink(folder[Path.GetRelativePath(Folder, path)], path);
        if (file.EndsWith(".index.json", StringComparison.Ordinal)) File.Delete(folder["unet/diffusion_pytorch_model.safetensors"]);
        string original = File.Exists(folder[file]) ? File.ReadAllText(folder[file]) : "{}";
        foreach (string value in (string[])[.. Absurd, "{\"x\": \"\\u001b[31m.safetensors\"}", "{\"\\ud800\": \"x\"}", "\"a\\nb\""])
        {
            File.Delete(folder[file]);
            File.WriteAllText(folder[file], With(original, key, value));
            Within(key, value, () => ModelParts.Open(folder.Path, null).Dispose(), folder.Path.Length + file.Length);
        }
    }

    private static void Try<TConfig>(ModelPartKind<TConfig> kind, Func<ConfigFields, TConfig> parse, Func<TConfig, ModelParts> parts) =>
        Try(Path.Combine(kind.Folder, "config.json"), parse, config => ConfigWriter.Text(json => kind.Write(json, config)), config =>
        {
            using var d = Device.Open(new DeviceOptions(Backend.Null));
            var pipeline = new EvsPipeline(EvsNetworks.Load(d, parts(config)));
            var run = new EvsConfig { ImageSteps = 2, ImageStart = 1, VideoSteps = 4, VideoStart = 1, ImageGuidance = 1 };
            pipeline.Refine(d, (_, rgb) => rgb.Clear(), new Shape(2, 32, 32, 3), (_, _) => { }, "a clip", run);
        });

    private static void Try<TConfig>(
        string file, Func<ConfigFields, TConfig> parse, Func<TConfig, string> print, Action<TConfig> use)
    {
        string original = File.ReadAllText(Path.Combine(Folder, file));
        var asked = new ConfigFields(Json(original), "the");
        var known = new HashSet<string> { print(parse(asked)) };
        use(parse(asked));
        Assert.NotEmpty(asked.Asked);
        int refused = 0;
        foreach (string key in asked.Asked)
        {
            foreach (string value in Absurd)
            {
                bool isRefused = Within(key, value, () =>
                {
                    var config = parse(new ConfigFields(Json(With(original, key, value)), "the"));
                    // What reads like another one runs like it.
                    if (known.Add(print(config))) use(config);
                });
                refused += isRefused ? 1 : 0;
            }
        }

        Assert.InRange(refused, asked.Asked.Count * Absurd.Length / 2, asked.Asked.Count * Absurd.Length);
    }

    /// <summary>True if it was refused in one line.</summary>
    private static bool Within(string key, string value, Action action, int pathLetters = 0)
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        string what = $"{key} = {value[..Math.Min(value.Length, 40)]}", line = "";
        try
        {
            action();
        }
        catch (InputException e)
        {
            line = e.Message;
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Assert.True(seconds < MostSeconds, $"{what}: {seconds:F1} s");
        Assert.True(bytes < MostBytes, $"{what}: {bytes >> 20} MB");
        Assert.True(line.Length <= 300 + pathLetters, $"{what}: {line}");
        Assert.False(line.Any(char.IsControl), what);
        return line.Length > 0;
    }

    private static string With(string json, string key, string value)
    {
        var config = JsonNode.Parse(json)!.AsObject();
        config.Remove(key);
        string rest = config.ToJsonString();
        return $"{rest[..^1]}{(config.Count > 0 ? ", " : "")}\"{key}\": {value}}}";
    }

    private static JsonElement Json(string text) => JsonText.Parse(Encoding.UTF8.GetBytes(text), "config.json");

    private ModelParts Parts(UNetConfig? unet = null, VaeConfig? vae = null, ClipConfig? text = null, MotionConfig? motion = null) => new(
        With(_tiny.UNet, ModelPartKind.UNet, unet),
        With(_tiny.Vae, ModelPartKind.Vae, vae),
        With(_tiny.TextEncoder, ModelPartKind.TextEncoder, text),
        With(_tiny.Motion!, ModelPartKind.MotionAdapter, motion),
        _tiny.Tokenizer);

    private static ModelPart<TConfig> With<TConfig>(ModelPart<TConfig> part, ModelPartKind<TConfig> kind, TConfig? config)
        where TConfig : class => new(kind, config ?? part.Config, part.ConfigOrigin, part.Weights, part.Facts);
}
