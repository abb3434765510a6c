using System.Text;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Compare;

/// <summary>All that is known of one clip under one setting: a JSON file beside the frames, so that nothing is computed twice.</summary>
public sealed record CellNumbers
{
    private const string ThisFormat = "evsnative-cell-1";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        // Equal clips have an infinite PSNR.
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The kind of file.</summary>
    public string Format { get; init; } = ThisFormat;

    /// <summary>
    /// Seconds that refining took, without the loading of the model; null for the clip as it was given, or if nobody knows.
    /// </summary>
    public double? Seconds { get; init; }

    /// <summary>What it was refined on; null as for the seconds.</summary>
    public string? Device { get; init; }

    /// <summary>What needs no judge.</summary>
    public required CellMeasures Measures { get; init; }

    /// <summary>What the judges say.</summary>
    public CellScores Scores { get; init; } = CellScores.None;

    /// <summary>Which judges, by their files and settings; empty before any was asked.</summary>
    public string Judges { get; init; } = "";

    /// <summary>Reads a file; null where there is none, or one that was cut off.</summary>
    internal static CellNumbers? Read(string file)
    {
        if (!File.Exists(file)) return null;
        try
        {
            var numbers = JsonFile.ReadObject(file, kind: "a cell's numbers").Deserialize<CellNumbers>(Json);
            return numbers?.Format == ThisFormat ? numbers : null;
        }
        catch (Exception e) when (e is InputException or JsonException)
        {
            // Measuring again costs less than asking.
            return null;
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="InputException">it cannot be written</exception>
    internal void Write(string file) =>
        PendingFile.WriteAll(file, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, Json)), force: true);
}
