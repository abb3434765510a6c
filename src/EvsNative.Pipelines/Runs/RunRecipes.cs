using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Settings;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Runs;

/// <summary>The recipe of a run: every setting that holds, every input by its content, and what computes.</summary>
internal static class RunRecipes
{
    /// <summary>Settings that change how a result is made and not a bit of it.</summary>
    private static readonly Setting[] WithoutEffect = [DeviceSettings.Threads, DeviceSettings.Device, PictureSettings.FramesPerPass];

    /// <summary>Settings whose values name files or folders.</summary>
    private static readonly Setting<string>[] Files =
        [ClipSettings.Clip, ClipSettings.PromptFile, ModelSettings.Model, ModelSettings.Motion, ModelSettings.Vae, ModelSettings.Tokenizer];

    /// <summary>Of a run.</summary>
    /// <param name="request">what was asked for</param>
    /// <param name="config">the settings that hold</param>
    /// <param name="clip">[F,H,W,3] as the networks see it</param>
    /// <param name="device">what computes</param>
    /// <param name="stop">stops between two files</param>
    /// <exception cref="InputException">an input cannot be read</exception>
    public static RunRecipe Of(RefineRequest request, EvsConfig config, Shape clip, Device device, CancellationToken stop)
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
        var told = request.Choices.Tell(config);
        foreach (var setting in WithoutEffect) told.Remove(setting.Name);
        foreach (var setting in Files)
        {
            if (request.Choices.Get(setting) is not { } path) continue;
            // The name is for people, the hash tells: a file may be found under another name tomorrow.
            told.Remove(setting.Name);
            parts[setting.Name] = Hashed(path, stop);
        }

        foreach (var lora in request.Choices.Get(ModelSettings.Loras) ?? []) parts[$"lora {lora.Path}"] = Hashed(lora.Path, stop);
        foreach (var (name, value) in told) parts.TryAdd(name, Text(value));
        return new RunRecipe(parts);
    }

    private static string Hashed(string path, CancellationToken stop) =>
        File.Exists(path) || Directory.Exists(path)
            ? $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(path))} {ContentHash.Of(path, stop)}"
            : path;

    private static string Text(object? value) => value switch
    {
        null => "",
        IEnumerable<string> several => string.Join(", ", several),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
