using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using EvsNative.Layers;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Recipes;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// Everything that a run tells about itself, once: printed for people as a table, shown as a page, and given to scripts
/// by <see cref="ToJson"/> with property names in camel case.
/// </summary>
public sealed record RunSummary
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        // Equal clips have an infinite PSNR.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>Name of the composition, such as "evs".</summary>
    public required string Mode { get; init; }

    /// <summary>What the picture shows, as given, with ranges of frames where there are several prompts; null without one.</summary>
    public string? Prompt { get; init; }

    /// <summary>Seed of all noise.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Every setting that holds, by its option's name without dashes, in the order to print: numbers, truths and words as they can be typed
    /// again. Null where a setting without a word holds its default.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Settings { get; init; } = new Dictionary<string, object?>();

    /// <summary>What repeats the run: the result carries the same.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>What was read.</summary>
    public required VideoInfo Input { get; init; }

    /// <summary>What was made.</summary>
    public required VideoInfo Output { get; init; }

    /// <summary>Name of the device.</summary>
    public required string Device { get; init; }

    /// <summary>Devices that might have been better and why they were not taken.</summary>
    public IReadOnlyList<string> PassedOver { get; init; } = [];

    /// <summary>Storage of the numbers, such as "float32".</summary>
    public required string Precision { get; init; }

    /// <summary>
    /// The parts of the run in order, reading, loading and writing among them. Frames are written and measured while others are decoded:
    /// "write" is what all else had to wait for that.
    /// </summary>
    public IReadOnlyList<StageSummary> Stages { get; init; } = [];

    /// <summary>Denoising steps of all stages.</summary>
    public int Steps => Stages.Sum(stage => stage.Steps);

    /// <summary>Wall-clock time of the whole run, the stages and what lies between them.</summary>
    public double Seconds { get; init; }

    /// <summary>
    /// The most memory that the process held at once, on the processor's side: the runtime, frames, and where the processor computes all
    /// tensors.
    /// </summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>The most that the run held of a GPU's memory: weights, activations, features; null on the processor.</summary>
    public long? PeakDeviceBytes { get; init; }

    /// <summary>What the device was foreseen to hold at once, by what it is for: weights, activations, features.</summary>
    public IReadOnlyList<MemoryShare> Memory { get; init; } = [];

    /// <summary>What was done to fit into memory, in words, such as "4 frames a pass, weights in turn".</summary>
    public string MemoryPlan { get; init; } = "";

    /// <summary>The input at the output's size; without numbers where it could no longer be read when the result was there.</summary>
    public required VideoMeasures Before { get; init; }

    /// <summary>The output.</summary>
    public required VideoMeasures After { get; init; }

    /// <summary>The paper's scores before and after, where they were asked for.</summary>
    public IReadOnlyList<ScoreChange> Scores { get; init; } = [];

    /// <summary>Both clips over time.</summary>
    public RunSeries Series { get; init; } = new([], new([], []), new([], []));

    /// <summary>What was dropped, changed or assumed.</summary>
    public IReadOnlyList<Notice> Warnings { get; init; } = [];

    /// <summary>Files and folders that were written.</summary>
    public IReadOnlyList<string> Written { get; init; } = [];

    /// <summary>Indented JSON that a terminal can show.</summary>
    public string ToJson() => InputText.Json(JsonSerializer.Serialize(this, Json));
}

/// <summary>A video in words and numbers.</summary>
/// <param name="Path">where it lies</param>
/// <param name="Frames">count</param>
/// <param name="Width">pixels</param>
/// <param name="Height">pixels</param>
/// <param name="Rate">frames a second, an exact ratio such as "30000/1001"</param>
public sealed record VideoInfo(string Path, int Frames, int Width, int Height, string Rate)
{
    /// <summary>
    /// The first letters of the SHA-256 of all frames' bytes, in order, 8-bit RGB. Page and numbers carry it, so that it can be seen
    /// whether they belong to one clip. Null where it was not asked for.
    /// </summary>
    public string? Hash { get; init; }
}

/// <summary>One part of a run.</summary>
/// <param name="Name">such as "image noise 20..10"</param>
/// <param name="Steps">denoising steps, 0 for parts that are none</param>
/// <param name="Seconds">wall-clock time</param>
public sealed record StageSummary(string Name, int Steps, double Seconds);

/// <summary>A part of a device's memory.</summary>
/// <param name="Name">what it is for, such as "weights"</param>
/// <param name="Bytes">how much</param>
public sealed record MemoryShare(string Name, long Bytes);
