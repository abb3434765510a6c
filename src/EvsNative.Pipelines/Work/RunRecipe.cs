using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Work;

/// <summary>
/// All that the numbers of a run depend on, as names and texts: program, device, precision, settings that hold, inputs by their content.
/// Two
/// runs with equal recipes give equal bytes.
/// </summary>
/// <param name="Parts">by name, in the order to show</param>
public sealed record RunRecipe(IReadOnlyDictionary<string, string> Parts)
{
    private const string Format = "evsnative-run-1";

    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What repeats the run elsewhere, for its JSON; null for none. It is no part of what is compared.</summary>
    public object? Repeat { get; init; }

    /// <summary>What differs, a line each, such as "strength is 0.5 and was 0.4"; empty for equal recipes.</summary>
    /// <param name="earlier">the recipe of the run that is to be gone on with</param>
    public IReadOnlyList<string> DifferencesTo(RunRecipe earlier)
    {
        static string Shown(RunRecipe recipe, string name) =>
            recipe.Parts.TryGetValue(name, out string? value) ? InputText.Name(value) : "not there";
        return
        [
            .. Parts.Keys.Union(earlier.Parts.Keys)
                .Where(name => Parts.GetValueOrDefault(name) != earlier.Parts.GetValueOrDefault(name))
                .Select(name => $"{InputText.Name(name)} is {Shown(this, name)} and was {Shown(earlier, name)}"),
        ];
    }

    /// <summary>As a JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(new { format = Format, recipe = Parts, repeat = Repeat }, Readable);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="text">UTF-8</param>
    /// <param name="origin">the file, for messages</param>
    /// <exception cref="InputException">it is no recipe of a run</exception>
    public static RunRecipe Read(ReadOnlySpan<byte> text, string origin)
    {
        var json = JsonText.Parse(text, origin);
        if (json.Text("format") != Format
            || !json.TryGetProperty("recipe", out var parts)
            || parts.ValueKind != JsonValueKind.Object
            || parts.EnumerateObject().Any(part => part.Value.ValueKind != JsonValueKind.String))
        {
            throw new InputException(
                InputCode.WrongKind, $"{origin} is not the recipe of a run of this version: finish it with the version that began it");
        }

        return new RunRecipe(parts.EnumerateObject().ToDictionary(part => part.Name, part => part.Value.GetString()!));
    }

    /// <summary>The same as bytes of a file.</summary>
    internal byte[] ToBytes() => Encoding.UTF8.GetBytes(ToJson());
}
