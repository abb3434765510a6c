using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EvsNative.Pipelines.Recipes;

/// <summary>
/// How a result was made: all that a run needs to make it again, but for the inputs, which it names and knows by their content. Results
/// carry it. It holds no path of a machine: of a file outside the current folder only the name.
/// </summary>
public sealed record Recipe
{
    /// <summary>How recipes of this kind begin; a later kind has a higher number.</summary>
    internal const string FormatStart = "evsnative-recipe-", ThisFormat = FormatStart + "1";

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The kind of recipe. It stands first, so that a text is known by its beginning.</summary>
    [JsonPropertyName("format"), JsonPropertyOrder(-1)]
    public string Format { get; init; } = ThisFormat;

    /// <summary>Version of the program.</summary>
    [JsonPropertyName("version")]
    public required string Version { get; init; }

    /// <summary>Name of the device. Another one may round otherwise.</summary>
    [JsonPropertyName("device")]
    public required string Device { get; init; }

    /// <summary>Storage of the numbers: "float16" or "float32".</summary>
    [JsonPropertyName("precision")]
    public required string Precision { get; init; }

    /// <summary>
    /// Every setting that holds, by its name, as numbers, truths and words that can be typed; without those that change no bit.
    /// </summary>
    [JsonPropertyName("settings")]
    public required IReadOnlyDictionary<string, object?> Settings { get; init; }

    /// <summary>The lines of the file of prompts, so that it need not be there; null without one.</summary>
    [JsonPropertyName("prompts"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Prompts { get; init; }

    /// <summary>What was read.</summary>
    [JsonPropertyName("inputs")]
    public required IReadOnlyList<RecipeInput> Inputs { get; init; }

    /// <summary>JSON in one line: what results carry.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, OneLine);
}

/// <summary>A file or folder that was read.</summary>
/// <param name="Setting">the setting that names it</param>
/// <param name="Name">its name, or its path within the current folder</param>
/// <param name="Hash">
/// 16 digits that tell whether its content is the same; of files above 256 MB samples are hashed. Null where it was not hashed
/// </param>
public sealed record RecipeInput(
    [property: JsonPropertyName("setting")] string Setting, [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("hash")] string? Hash);
