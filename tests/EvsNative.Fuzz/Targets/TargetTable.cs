using EvsNative.Fuzz.Running;

namespace EvsNative.Fuzz.Targets;

/// <summary>Every parser of the product that a stranger's bytes or a user's words reach.</summary>
internal static class TargetTable
{
    /// <summary>The parsers.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new SafetensorsTarget(), new ConfigTarget(), new WeightsTarget(), new MotionTarget(), new LoraTarget(), new IndexTarget(),
        new SingleFileTarget(), new VocabularyTarget(), new MergesTarget(), new ListingTarget(), new PromptTarget(),
        new PngTarget(), new PictureTarget(), new FramesTarget(), new ProbeTarget(), new FfmpegLinesTarget(), new RecipeTarget(),
        new SettingTarget(), new CommandTarget(), new CacheTarget(), new LargeTarget(), new VideoTarget(),
        new PickleTarget(), new TorchTarget(), new ResultTarget(),
    ];

    /// <summary>The parser of this name; null if there is none.</summary>
    public static FuzzTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
