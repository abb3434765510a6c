using System.Text.Json;
using System.Text.Json.Serialization;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Runs;

/// <summary>The model, the clip and the settings that come with the program, in the folder <c>demo</c> beside it.</summary>
internal sealed class DemoFiles
{
    private readonly Settings _settings;

    private DemoFiles(string folder, Settings settings) => (Folder, _settings) = (folder, settings);

    public string Folder { get; }

    public string ModelFolder => Path.Combine(Folder, "evs-tiny");

    public string ClipFolder => Path.Combine(Folder, "clip");

    public string CleanFolder => Path.Combine(Folder, "clean");

    public string Prompt => _settings.Prompt;

    /// <summary>Finds the files.</summary>
    /// <exception cref="InputException">the program was copied without them</exception>
    public static DemoFiles Open()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "demo"), file = Path.Combine(folder, "demo.json");
        if (!File.Exists(file)) throw new InputException($"the demo's files are not beside the program ({folder}): copy the folder 'demo' along with it");
        return new DemoFiles(folder, JsonSerializer.Deserialize<Settings>(File.ReadAllText(file)) ?? throw new InputException($"{file}: empty"));
    }

    /// <summary>The demo's settings over a configuration.</summary>
    public EvsConfig Configure(EvsConfig config) => config with
    {
        Seed = _settings.Seed,
        ImageSteps = _settings.ImageSteps,
        ImageStart = _settings.ImageStart,
        Insertion = _settings.Insertion,
        ImageGuidance = _settings.Guidance,
        NegativePrompt = _settings.Negative,
        VideoSteps = _settings.VideoSteps,
        VideoStart = _settings.VideoStart,
        VideoCalls = _settings.VideoCalls,
        VideoGuidance = _settings.VideoGuidance,
        SharedNoise = _settings.SharedNoise,
    };

    private sealed record Settings
    {
        [JsonPropertyName("prompt")] public string Prompt { get; init; } = "";
        [JsonPropertyName("negative")] public string Negative { get; init; } = "";
        [JsonPropertyName("seed")] public ulong Seed { get; init; }
        [JsonPropertyName("T_I")] public int ImageSteps { get; init; }
        [JsonPropertyName("t_i")] public int ImageStart { get; init; }
        [JsonPropertyName("t_t2v")] public int Insertion { get; init; }
        [JsonPropertyName("guidance")] public double Guidance { get; init; }
        [JsonPropertyName("T_V")] public int VideoSteps { get; init; }
        [JsonPropertyName("t_v")] public int VideoStart { get; init; }
        [JsonPropertyName("n_v")] public int VideoCalls { get; init; }
        [JsonPropertyName("video_guidance")] public double VideoGuidance { get; init; }
        [JsonPropertyName("shared_noise")] public double SharedNoise { get; init; }
    }
}
