using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Recipes;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Compare;

/// <summary>Makes cells, each with its place.</summary>
/// <param name="folder">where cells lie</param>
/// <param name="open">makes a request of choices</param>
/// <param name="stop">stops between two files that are hashed</param>
internal sealed class CellMaker(string folder, Func<Choices, RefineRequest> open, CancellationToken stop)
{
    private const int Letters = 12, NameBytes = 60;

    /// <summary>Settings whose value is read in full, or looked up by what prompts name: hashing them as files would say less.</summary>
    private static readonly Setting[] NotHashed = [ClipSettings.PromptFile, ModelSettings.LoraFolder];

    private readonly Dictionary<(Setting, string), string> _hashes = [];

    /// <summary>The cell of a clip under a setting.</summary>
    /// <param name="clip">the clip</param>
    /// <param name="variant">the setting; null for the clip as it was given</param>
    /// <exception cref="InputException">choices that no run can have</exception>
    public CompareCell Make(CompareClip clip, CompareVariant? variant)
    {
        var request = open(variant is null ? clip.Choices : variant.Choices.Over(clip.Choices));
        // Not the variant's name: one setting has one cell, whatever two sweeps call it.
        string name = NameLength.Cut(Slug(clip.Name), NameBytes) + (variant is null ? "-input" : "");
        return new CompareCell(clip, variant, request, Path.Combine(folder, $"{name}-{Fingerprint(request)}"));
    }

    /// <summary>
    /// Tells two runs apart by all that their bytes depend on: settings, inputs by their content, the program's version. Neither by where
    /// files lie nor by the device.
    /// </summary>
    private string Fingerprint(RefineRequest request)
    {
        var config = request.Choices.ApplyTo(new EvsConfig());
        var prompts = request.PromptsOr("");
        var settings = RecipePaths.With(request.Choices, (_, path) => LastName(path)).Tell(config);
        var files = RecipePaths.In(request.Choices).Concat(prompts.Loras.Select(lora => ((Setting)ModelSettings.Loras, lora.Path)));
        string[] demo = request.Demo is { } given
            ? [HashOf(ClipSettings.Demo, given.ClipFolder), HashOf(ModelSettings.Model, given.ModelFolder)]
            : [];
        string[] parts =
        [
            RefineRun.Version,
            .. settings.Where(told => told.Value is not null && RecipeMaker.Holds(SettingTable.Find(told.Key)!))
                .Select(told => string.Create(CultureInfo.InvariantCulture, $"{told.Key} {Text(told.Value!)}")),
            .. files.Where(file => !NotHashed.Contains(file.Item1)).Select(file => HashOf(file.Item1, file.Path)),
            .. demo,
            .. prompts.Given.Lines,
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..Letters];
    }

    private static string LastName(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    /// <summary>A value of a recipe; some are lists.</summary>
    private static string Text(object value) =>
        value is System.Collections.IEnumerable list and not string
            ? string.Join(' ', list.Cast<object>())
            : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private string HashOf(Setting setting, string path)
    {
        if (!_hashes.TryGetValue((setting, path), out string? hash))
            _hashes[(setting, path)] = hash = $"{setting.Name} {RecipePaths.HashOf(setting, path, stop) ?? path}";
        return hash;
    }

    /// <summary>Letters and digits that every disk takes, with single dashes between.</summary>
    private static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (char letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter)) slug.Append(letter);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }

        return slug.ToString().TrimEnd('-');
    }
}
