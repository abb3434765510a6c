using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Tells what an earlier conversion wrote from what somebody else put there: each file of weights bears a mark. Only what is wholly ours is
/// ever replaced.
/// </summary>
internal static class ConvertedContent
{
    /// <summary>A key of a safetensors file's metadata.</summary>
    public const string Mark = "evsnative.converted";

    private static readonly string[] Parts = ["unet", "vae", "text_encoder", "tokenizer", "scheduler", "motion_adapter"];

    private static readonly string[] Texts =
    [
        "model_index.json", "config.json", "vocab.json", "merges.txt", "tokenizer_config.json", "scheduler_config.json",
    ];

    /// <summary>What may stand in the place of a folder.</summary>
    public static FolderContent OfFolder { get; } = new("weights", ", or end it with .safetensors", IsOurs);

    /// <summary>Checks that a file, if there is one, may be replaced.</summary>
    /// <exception cref="InputException">it is not ours</exception>
    public static void RequireOurs(string file)
    {
        if (!File.Exists(file) || HasMark(file)) return;
        throw new InputException(
            InputCode.Exists, $"{file} was not written by a conversion and is not replaced: give the name of a new file");
    }

    /// <summary>A text is ours beside weights that are, or in the folder of a part beside such.</summary>
    private static bool IsOurs(string entry)
    {
        string folder = Path.GetDirectoryName(entry)!, name = Path.GetFileName(entry);
        if (!Directory.Exists(entry)) return IsOurs(entry, name) && HasMarked(folder);
        return Parts.Contains(name) && HasMarked(folder)
            && Directory.EnumerateFileSystemEntries(entry).All(file => File.Exists(file) && IsOurs(file, Path.GetFileName(file)));
    }

    private static bool IsOurs(string file, string name) => Texts.Contains(name) || (IsWeights(name) && HasMark(file));

    private static bool HasMarked(string folder) =>
        Parts.Select(part => Path.Combine(folder, part)).Append(folder).Where(Directory.Exists)
            .SelectMany(inside => Directory.EnumerateFiles(inside)).Any(file => IsWeights(file) && HasMark(file));

    private static bool IsWeights(string name) => name.EndsWith(".safetensors", StringComparison.Ordinal);

    private static bool HasMark(string file)
    {
        try
        {
            using var there = SafetensorsFile.Open(file);
            return there.Metadata.ContainsKey(Mark);
        }
        catch (InputException)
        {
            return false;
        }
    }
}
