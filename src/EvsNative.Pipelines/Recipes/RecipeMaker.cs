using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Recipes;

/// <summary>Writes down how a run is made.</summary>
/// <param name="choices">what was chosen</param>
/// <param name="config">the method's settings that hold</param>
internal sealed class RecipeMaker(Choices choices, EvsConfig config)
{
    /// <summary>What a run says of its output belongs to how it is made; where it lies does not.</summary>
    private static readonly Setting[] OfTheFile =
        [OutputSettings.Codec, OutputSettings.Quality, OutputSettings.Bits, OutputSettings.Frames];

    /// <summary>The prompts, where they stand in a file.</summary>
    public ClipPrompts? Prompts { get; init; }

    /// <summary>Files of LoRAs that prompts name.</summary>
    public IReadOnlyList<LoraChoice> TaggedLoras { get; init; } = [];

    /// <summary>The clip of the demo, which no setting names.</summary>
    public string? DemoClip { get; init; }

    /// <summary>The recipe that is repeated: files of equal content keep the names that it has for them.</summary>
    public Recipe? Repeated { get; init; }

    /// <summary>Whether a setting may stand in a recipe.</summary>
    public static bool Holds(Setting setting) =>
        OfTheFile.Contains(setting)
        || (setting.Group.IsTold && setting.Group != PlanSettings.Group && !SettingTable.WithoutEffect.Contains(setting));

    /// <summary>The recipe.</summary>
    /// <param name="device">name of the device</param>
    /// <param name="precision">storage of its numbers</param>
    /// <param name="stop">stops between two files</param>
    public Recipe Make(string device, string precision, CancellationToken stop)
    {
        var inputs = Inputs(stop).ToList();
        var own = choices.Get(ClipSettings.Clip) == StandardInput.Word ? choices.Without(ClipSettings.Clip) : choices;
        var shared = RecipePaths.With(
            own, (setting, path) => inputs.First(input => input.Setting == setting && input.Path == path).Told.Name);
        var settings = shared.Tell(config)
            .Where(told => told.Value is not null && Holds(SettingTable.Find(told.Key)!))
            // Whole pictures are what everybody does who has the memory; tiles are said, since they round otherwise.
            .Where(told => told.Key != PictureSettings.VaeTiling.Name || told.Value is not 0)
            .ToDictionary(told => told.Key, told => told.Value);
        var said = shared.ToPlain();
        foreach (var setting in OfTheFile)
            if (said.TryGetValue(setting.Name, out object? value)) settings[setting.Name] = value;
        return new Recipe
        {
            Version = ProgramVersion.Text,
            Device = device,
            Precision = precision,
            Settings = settings,
            Prompts = Prompts is null ? null : [.. Prompts.Lines],
            Inputs = [.. inputs.Select(input => input.Told)],
        };
    }

    private IEnumerable<(Setting Setting, string Path, RecipeInput Told)> Inputs(CancellationToken stop)
    {
        var named = RecipePaths.In(choices).Where(pair => pair.Path != StandardInput.Word);
        var tagged = TaggedLoras.Select(lora => (Setting: (Setting)ModelSettings.Loras, lora.Path));
        foreach (var (setting, path) in named.Concat(tagged))
        {
            // A folder of LoRAs may be large, and the files that a prompt takes from it are listed; the prompts of a file are there.
            bool isHashed = setting != ModelSettings.LoraFolder && setting != ClipSettings.PromptFile;
            string? hash = isHashed ? RecipePaths.HashOf(setting, path, stop) : null;
            var known = Repeated?.Inputs.FirstOrDefault(input => input.Setting == setting.Name && input.Hash == hash && hash is not null);
            yield return (setting, path, new RecipeInput(setting.Name, known?.Name ?? PortablePath.Of(path), hash));
        }

        if (DemoClip is not { } demo) yield break;
        string? content = RecipePaths.HashOf(ClipSettings.Demo, demo, stop);
        yield return (ClipSettings.Demo, demo, new RecipeInput(ClipSettings.Demo.Name, "demo", content));
    }
}
