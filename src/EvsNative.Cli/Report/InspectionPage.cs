using System.Globalization;
using System.Text.Json;
using EvsNative.Models;

namespace EvsNative.Cli.Report;

/// <summary>What <c>inspect</c> found, for people: a word and what belongs to it, line by line.</summary>
internal static class InspectionPage
{
    private const int Label = 12, LongestValue = 100, MostMetadata = 40;

    /// <summary>Sizes of networks that are worth a line, in the order of the words of config.json.</summary>
    private static readonly string[] Sizes =
    [
        "block_out_channels", "layers_per_block", "cross_attention_dim", "attention_head_dim", "latent_channels", "scaling_factor",
        "hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size", "motion_layers_per_block", "motion_max_seq_length",
        "use_motion_mid_block",
    ];

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(Inspection found) => Facts(found).Concat(Tensors(found));

    private static IEnumerable<string> Facts(Inspection found)
    {
        yield return Line("path", found.Path);
        if (found.Location is { } place) yield return Line("found at", place);
        yield return Line("is", found.Is);
        yield return Line("use", found.Use);
        if (found.Fault is { } fault)
        {
            yield return Line("but", fault.Message);
            foreach (string detail in fault.Details) yield return Line("", detail);
        }

        string[] kinds =
        [
            found.Format ?? "", found.Layout is { } layout ? $"{layout} names" : "", found.Variant ?? "", found.Motion ?? "",
            found.Evidence is { } evidence ? $"told by {evidence}" : "",
        ];
        if (string.Join(", ", kinds.Where(kind => kind.Length > 0)) is { Length: > 0 } kind) yield return Line("format", kind);
        if (found.Bytes > 0) yield return Line("size", Bytes(found.Bytes));
        if (found.Tensors > 0) yield return Line("tensors", $"{found.Tensors} of {Count(found.Numbers)} numbers: {Types(found.Types)}");
        foreach (string line in found.Parts.SelectMany(Part)) yield return line;
        foreach (var group in found.Unused)
            yield return Line("not read", $"{Tensors(group.Tensors)}, {Bytes(group.Bytes)}: {group.What} ({group.Example})");
        foreach (string note in found.Notes) yield return Line("note", note);
        foreach (string line in Hashes(found.Hashes)) yield return line;
        if (found.TriggerWords.Count > 0) yield return Line("words", string.Join(", ", found.TriggerWords.Select(Word)));
        foreach (string line in Metadata(found)) yield return line;
        foreach (var entry in found.Contents) yield return Line("file", $"{entry.Name}: {entry.Is}, {Bytes(entry.Bytes)}");
    }

    private static string Tensors(long count) => count == 1 ? "1 tensor" : $"{count} tensors";

    private static IEnumerable<string> Part(InspectedPart part)
    {
        string types = part.Tensors > 0 ? $", {Tensors(part.Tensors)} of {Count(part.Numbers)} numbers: {Types(part.Types)}" : "";
        yield return Line("part", $"{part.Part}: {part.Is}{types}");
        if (part.Path is { } path) yield return Line("", $"  {path}");
        if (part.Config is { } config && Config(config) is { Length: > 0 } sizes) yield return Line("", $"  {sizes}");
        if (part.Fault is { } fault) yield return Line("", $"  but {fault.Message}");
        if (part.Hashes?.Sha256 is { } sum) yield return Line("", $"  SHA-256 {sum}");
    }

    private static IEnumerable<string> Hashes(InspectedHashes? hashes)
    {
        if (hashes is null) yield break;
        if (hashes.Sha256 is { } sum) yield return Line("SHA-256", sum);
        string[] words =
        [
            hashes.AutoV2 is { } second ? $"AutoV2 {second}" : "", hashes.AutoV3 is { } third ? $"AutoV3 {third}" : "",
            $"AutoV1 {hashes.AutoV1}", hashes.Sha256 is null ? "(--hash reads the whole file for the others)" : "",
        ];
        yield return Line("hashes", string.Join("  ", words.Where(word => word.Length > 0)));
    }

    private static IEnumerable<string> Metadata(Inspection found)
    {
        string label = "metadata";
        foreach (var (key, value) in found.Metadata.Take(MostMetadata))
        {
            yield return Line(label, $"{key}: {Layers.InputText.Name(value, LongestValue)}");
            label = "";
        }

        int more = found.Metadata.Count - MostMetadata;
        if (more > 0) yield return Line("", $"and {more} more (--json lists them)");
    }

    private static IEnumerable<string> Tensors(Inspection found)
    {
        if (found.TensorList is not { } list) yield break;
        yield return "";
        foreach (var tensor in list)
            yield return $"{tensor.Type,-8}{$"[{string.Join(',', tensor.Shape)}]",-20} {Bytes(tensor.Bytes),10}  {tensor.Name}";
        yield return $"{list.Count} of {found.Tensors} tensors";
    }

    private static string Config(JsonElement config) => string.Join(
        ", ", Sizes.Where(size => config.TryGetProperty(size, out _)).Select(size => $"{size} {Value(config.GetProperty(size))}"));

    private static string Value(JsonElement value) =>
        Layers.InputText.Name(string.Concat(value.GetRawText().Where(letter => !char.IsWhiteSpace(letter))), LongestValue);

    private static string Types(IEnumerable<InspectedType> types) =>
        string.Join(", ", types.Select(type => $"{type.Type} {type.Tensors} ({Bytes(type.Bytes)})"));

    private static string Word(InspectedWord word) => word.Count > 0 ? $"{word.Word} ({word.Count})" : word.Word;

    private static string Line(string label, string text) => $"{label.PadRight(Label)}{text}".TrimEnd();

    private static string Count(long numbers) => numbers switch
    {
        < 1_000_000 => numbers.ToString("N0", CultureInfo.InvariantCulture),
        < 1_000_000_000 => (numbers / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " million",
        _ => (numbers / 1e9).ToString("0.00", CultureInfo.InvariantCulture) + " billion",
    };

    private static string Bytes(long bytes) => bytes switch
    {
        < 10_000 => $"{bytes} bytes",
        < 1_000_000 => (bytes / 1e3).ToString("0", CultureInfo.InvariantCulture) + " KB",
        < 100_000_000 => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " MB",
        _ => RunTable.Bytes(bytes),
    };
}
