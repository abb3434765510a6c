using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Settings;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Runs;

/// <summary>The recipe of a run: every setting that holds, every input by its content, and what computes.</summary>
internal static class RunRecipes
{
    /// <summary>Settings that a memory plan may decide on, and that change numbers.</summary>
    private static readonly Setting[] Planned = [PictureSettings.VaeTiling, DeviceSettings.HalveWeights, MethodSettings.Window];

    /// <summary>Names what a memory plan decided, so that who goes on does the same.</summary>
    private const string PlannedName = "planned for memory";

    /// <summary>Settings whose values name files or folders.</summary>
    private static readonly Setting<string>[] Files =
        [ClipSettings.Clip, ClipSettings.PromptFile, ModelSettings.Model, ModelSettings.Motion, ModelSettings.Vae, ModelSettings.Tokenizer];

    /// <summary>Of a run.</summary>
    /// <param name="request">what was asked for</param>
    /// <param name="held">the choices that hold: those of the request and of a memory plan</param>
    /// <param name="config">the method's settings that hold</param>
    /// <param name="clip">[F,H,W,3] as the networks see it</param>
    /// <param name="device">what computes</param>
    /// <param name="stop">stops between two files</param>
    /// <exception cref="InputException">an input cannot be read</exception>
    public static RunRecipe Of(
        RefineRequest request, Choices held, EvsConfig config, Shape clip, Device device, CancellationToken stop)
    {
        var parts = new Dictionary<string, string>
        {
            ["program"] = RefineRun.Version,
            ["device"] = device.Arithmetic,
            ["precision"] = $"{device.Precision}",
            ["frames"] = $"{clip}",
            ["prompt"] = $"{request.Prompts.Words}",
        };
        if (request.Demo is { } demo) parts["demo"] = ContentHash.Of(demo.ClipFolder, stop);
        var told = held.Tell(config);
        bool IsPlanned(Setting setting) => held.Says(setting) && !request.Choices.Says(setting)
            && Text(told.GetValueOrDefault(setting.Name)) is not ("" or "0");
        string[] planned = [.. Planned.Where(IsPlanned).Select(setting => setting.Name)];
        if (planned.Length > 0) parts[PlannedName] = string.Join(", ", planned);
        foreach (var setting in SettingTable.WithoutEffect) told.Remove(setting.Name);
        foreach (var setting in Files)
        {
            if (request.Choices.Get(setting) is not { } path) continue;
            // The name is for people, the hash tells: a file may be found under another name tomorrow.
            told.Remove(setting.Name);
            parts[setting.Name] = setting == ClipSettings.Clip ? ClipHash(path, stop) : Hashed(path, stop);
        }

        foreach (var lora in request.Choices.Get(ModelSettings.Loras) ?? []) parts[$"lora {lora.Path}"] = Hashed(lora.Path, stop);
        foreach (var (name, value) in told) parts.TryAdd(name, Text(value));
        return new RunRecipe(parts);
    }

    /// <summary>What a recipe says that a memory plan decided, where it is not what holds now and nobody has chosen otherwise.</summary>
    /// <param name="recipe">of an earlier run</param>
    /// <param name="said">what was chosen now</param>
    /// <param name="config">the method's settings that hold now</param>
    public static Choices MemoryOf(RunRecipe recipe, Choices said, EvsConfig config)
    {
        var (kept, told) = (new Choices("the unfinished run"), said.Tell(config));
        string[] planned = recipe.Parts.GetValueOrDefault(PlannedName, "").Split(", ");
        foreach (var setting in Planned.Where(setting => !said.Says(setting) && planned.Contains(setting.Name)))
        {
            bool isKnown = recipe.Parts.TryGetValue(setting.Name, out string? text);
            if (isKnown && text != Text(told.GetValueOrDefault(setting.Name))) kept = kept.With(setting, text!);
        }

        return kept;
    }

    private static string Hashed(string path, CancellationToken stop) =>
        File.Exists(path) || Directory.Exists(path)
            ? $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(path))} {ContentHash.Of(path, stop)}"
            : path;

    /// <summary>Of what is read alone: a result may lie in the folder of the frames.</summary>
    private static string ClipHash(string clip, CancellationToken stop) =>
        ClipPlace.FramesOf(clip) is { } frames
            ? $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(clip))} {ContentHash.Of(frames, stop)}"
            : Hashed(clip, stop);

    private static string Text(object? value) => value switch
    {
        null => "",
        IEnumerable<string> several => string.Join(", ", several),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
