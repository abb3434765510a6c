using EvsNative.Layers;
using EvsNative.Models.Adapters;

namespace EvsNative.Models;

/// <summary>
/// What files and folders of weights go with. A kind that a run reads has a row with the option that takes it and the run's own way of
/// opening it, so that what is said here is what a run would say. Any other kind is named and of no use here.
/// </summary>
internal static class InspectedUses
{
    private static readonly InspectedUse[] Uses =
    [
        new(CheckpointKind.Checkpoint, "a model", "--model", OpenModel),
        new(CheckpointKind.MotionAdapter, "motion modules for Stable Diffusion 1.5", "--motion", OpenMotion),
        new(CheckpointKind.VideoUNet, "motion modules inside a video U-Net", "--motion", OpenMotion),
        new(CheckpointKind.UNet, "a network of a model", "--model", OpenModel),
        new(CheckpointKind.Vae, "an autoencoder in place of a model's", "--vae", OpenVae),
        new(CheckpointKind.Lora, "a LoRA for models of Stable Diffusion 1.5", "--lora", OpenLora),
        new(CheckpointKind.Lycoris, "a change of models of Stable Diffusion 1.5", "--lora", OpenLora),
        new(CheckpointKind.MotionLora, "a LoRA for motion modules", "--lora", OpenLora),
        new(CheckpointKind.TextualInversion, "a word for prompts", "--embedding", OpenEmbedding),
        .. JudgeFiles.All.Select(judge => new InspectedUse(
            JudgeSigns.KindOf(judge.Kind), $"{judge.Title}, a judge of clips", $"evsnative score --{judge.Word}",
            (_, path) => OpenJudge(judge, path))),
    ];

    /// <summary>The use of a kind; null if a run reads no such files.</summary>
    public static InspectedUse? Of(CheckpointKind kind) => Array.Find(Uses, use => use.Kind == kind);

    /// <summary>What a run would make of it: the plain kinds of Stable Diffusion 1.5's family, or of one that nothing tells.</summary>
    public static bool IsOurs(CheckpointFacts facts) => facts.Variant == CheckpointVariant.None
        && (facts.Kind != CheckpointKind.Vae || facts.Title.Length == 0)
        && facts.Family is CheckpointFamily.Unknown or CheckpointFamily.StableDiffusion1
            or CheckpointFamily.AnimateDiff or CheckpointFamily.AnimateDiffLightning or CheckpointFamily.AnimateLcm;

    private static OpenedParts OpenModel(WeightFiles files, string path)
    {
        var parts = ModelParts.Open(new ModelRequest(path) { NeedsMotion = false, NeedsTokenizer = false });
        var told = parts.Notices.ToList();
        try
        {
            TokenizerSearch.Open(path, null, parts.TextEncoder.Config.VocabularySize, told);
        }
        catch (InputException e)
        {
            // A model without a vocabulary is of use beside one.
            told.Add(new Notice(NoticeCode.Assumed, e.Message));
        }

        return new([.. parts.Networks], Lines(told), parts);
    }

    private static OpenedParts OpenMotion(WeightFiles files, string path)
    {
        var part = MotionAdapterFile.Open(files, path);
        return new([part], Lines(part.Notices), null);
    }

    private static OpenedParts OpenVae(WeightFiles files, string path)
    {
        var told = new List<Notice>();
        return new([VaeFile.Open(files, path, told)], Lines(told), null);
    }

    private static OpenedParts OpenLora(WeightFiles files, string path)
    {
        var lora = LoraFile.Open(files, path);
        if (LoraFamilies.Other(lora, UNetConfig.Sd15.CrossAttentionDim) is { } family)
            throw new InputException(InputCode.Mismatch, $"{path}: a LoRA for {family}: one for Stable Diffusion 1.5 is needed");
        int modules = 0;
        foreach (var keys in lora.Keys.GroupBy(key => key.Key.Module))
        {
            var module = new LoraModule(lora, InputText.Name(keys.Key), keys.Key);
            foreach (var (name, key) in keys) module.Add(key.Role, name);
            module.Check();
            if (!module.Idle.Any()) modules++;
        }

        if (modules == 0)
            throw new InputException(InputCode.Incomplete, $"{path}: it changes no module: its matrices are missing: download it again");
        var ranks = lora.Keys.Where(key => key.Key.Role == LoraRole.Down).Select(key => lora.ShapeOf(key.Name)[0]).Distinct().Order();
        string rank = string.Join(", ", ranks) is { Length: > 0 } list ? $" by rank {list}" : "";
        return new([], [$"changes {modules} modules{rank}"], null);
    }

    private static OpenedParts OpenEmbedding(WeightFiles files, string path)
    {
        var told = new List<Notice>();
        var words = EmbeddingFile.Read(new EmbeddingChoice(path), ClipConfig.VitL.HiddenSize, told.Add);
        var lines = words.Select(word => $"the word {InputText.Quote(word.Names[0])}, of {word.Count} tokens");
        return new([], [.. lines, .. Lines(told)], null);
    }

    private static OpenedParts OpenJudge(JudgeFacts judge, string path)
    {
        using var file = JudgeFile.Open(judge.Kind, path);
        JudgeNetworks.Verify(judge.Kind, file.Weights);
        return new([], [judge.Licence], null);
    }

    private static string[] Lines(IEnumerable<Notice> notices) => [.. notices.Select(notice => notice.Message)];
}

/// <summary>What a run does with files of a kind.</summary>
/// <param name="Kind">the kind</param>
/// <param name="What">what it is to a run</param>
/// <param name="Option">the option that takes it</param>
/// <param name="Open">opens it as a run would; headers only</param>
internal sealed record InspectedUse(CheckpointKind Kind, string What, string Option, Func<WeightFiles, string, OpenedParts> Open)
{
    /// <summary>The line that says so.</summary>
    public string Line(string path) => $"{What}: {Option} {path}";
}

/// <summary>The networks that a run would find.</summary>
/// <param name="Parts">views of their tensors</param>
/// <param name="Notes">what would be said</param>
/// <param name="Owner">what is to be closed, if not the files that were given</param>
internal sealed record OpenedParts(IReadOnlyList<ModelPart> Parts, IReadOnlyList<string> Notes, IDisposable? Owner) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Owner?.Dispose();
}
