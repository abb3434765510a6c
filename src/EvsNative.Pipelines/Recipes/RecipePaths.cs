using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Settings;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Recipes;

/// <summary>The settings whose values name files or folders, as far as recipes treat them: each path is seen and may be replaced.</summary>
internal static class RecipePaths
{
    /// <summary>Those that name one.</summary>
    public static IReadOnlyList<Setting<string>> Single { get; } =
    [
        ClipSettings.Clip, ClipSettings.PromptFile, ModelSettings.Model, ModelSettings.Motion, ModelSettings.Vae, ModelSettings.Tokenizer,
        ModelSettings.LoraFolder,
    ];

    /// <summary>All paths of choices, with their settings, in the order of the table.</summary>
    public static IEnumerable<(Setting Setting, string Path)> In(Choices choices) =>
    [
        .. Single.Select(setting => (Setting: (Setting)setting, Path: choices.Get(setting)))
            .Where(pair => pair.Path is not null).Select(pair => (pair.Setting, pair.Path!)),
        .. (choices.Get(ModelSettings.Loras) ?? []).Select(lora => ((Setting)ModelSettings.Loras, lora.Path)),
        .. (choices.Get(ModelSettings.Embeddings) ?? []).Select(word => ((Setting)ModelSettings.Embeddings, word.Path)),
    ];

    /// <summary>The same choices with other paths.</summary>
    /// <param name="choices">some choices</param>
    /// <param name="path">told a setting and its path, gives another one or the same</param>
    public static Choices With(Choices choices, Func<Setting, string, string> path)
    {
        foreach (var setting in Single)
            if (choices.Get(setting) is { } given) choices = choices.With(setting, path(setting, given));
        if (choices.Get(ModelSettings.Loras) is { } loras)
        {
            choices = choices.With(
                ModelSettings.Loras, [.. loras.Select(lora => lora with { Path = path(ModelSettings.Loras, lora.Path) })]);
        }

        if (choices.Get(ModelSettings.Embeddings) is { } words)
        {
            choices = choices.With(
                ModelSettings.Embeddings, [.. words.Select(word => word with { Path = path(ModelSettings.Embeddings, word.Path) })]);
        }

        return choices;
    }

    /// <summary>Whether there is something of that name: on the disk, in a hub's cache, or as frames that a pattern names.</summary>
    public static bool IsThere(string path)
    {
        if (Path.Exists(path)) return true;
        try
        {
            return Frames.FramePattern.Of(path) is not null || Path.Exists(ModelPath.Resolve(path));
        }
        catch (InputException)
        {
            return false;
        }
    }

    /// <summary>
    /// What tells whether the content is the same; null for what is not there, or cannot be hashed. Of a folder or a pattern of frames
    /// these count, not what else lies there.
    /// </summary>
    public static string? HashOf(Setting setting, string path, CancellationToken stop)
    {
        try
        {
            if (setting == ClipSettings.Clip && Frames.ClipPlace.FramesOf(path) is { } frames) return ContentHash.OfContent(frames, stop);
            string found = Path.Exists(path) ? path : ModelPath.Resolve(path);
            return Path.Exists(found) && !SpecialFile.Is(found) ? ContentHash.OfContent(found, stop) : null;
        }
        catch (InputException)
        {
            // Whoever reads it will say what is wrong with it; it is no reason to do without a recipe.
            return null;
        }
    }
}
