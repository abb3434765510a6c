using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Tells whether a file of weights is the judge that is needed, and if not, what it is instead.</summary>
internal static class JudgeSigns
{
    /// <summary>The kinds of files that judges are, with what in such a file makes it another network than ours.</summary>
    private static readonly Dictionary<JudgeKind, (CheckpointKind Kind, Func<CheckpointNames, string, string?> Other)> Signs = new()
    {
        [JudgeKind.Amt] = (CheckpointKind.FrameInterpolator, OtherAmt),
        [JudgeKind.Dino] = (CheckpointKind.VisionTransformer, OtherDino),
        [JudgeKind.Dover] = (CheckpointKind.VideoScorer, OtherDover),
        [JudgeKind.AestheticHead] = (CheckpointKind.AestheticScorer, OtherHead),
        [JudgeKind.Siglip] = (CheckpointKind.Siglip, OtherSiglip),
    };

    /// <summary>What a judge's file is among all files of weights.</summary>
    public static CheckpointKind KindOf(JudgeKind judge) => Signs[judge].Kind;

    /// <summary>Throws unless the file is the judge's, or of its kind and whole, which is seen when the network is built.</summary>
    /// <exception cref="InputException">it is another judge's, a relative's, or something else</exception>
    public static void Require(JudgeKind kind, TensorFile file)
    {
        var facts = CheckpointReader.Read(file);
        var wanted = JudgeFiles.Of(kind);
        var names = new CheckpointNames(file);
        var (needed, other) = Signs[kind];
        if (facts.Kind == needed)
        {
            if (other(names, Path.GetFileNameWithoutExtension(file.Origin)) is not { } relative) return;
            throw Refused($"{relative}, where {wanted.Title} is needed: {wanted.Advice}");
        }

        foreach (var (judge, sign) in Signs)
        {
            if (sign.Kind == facts.Kind && sign.Other(names, "") is null && JudgeFiles.Of(judge) is var found)
                throw Refused($"the weights of {found.Title}, where {wanted.Title} is needed: give it with --{found.Word}");
        }

        throw Refused($"{facts.Sentence}, where {wanted.Title} is needed: {wanted.Advice}");

        InputException Refused(string what) => new(InputCode.WrongKind, $"{file.Origin}: {what}");
    }

    /// <summary>AMT-S has a second training with the same tensors: only its name tells.</summary>
    private static string? OtherAmt(CheckpointNames names, string file)
    {
        if (file.StartsWith("gopro", StringComparison.OrdinalIgnoreCase)) return "by its name AMT-S trained otherwise, on GoPro";
        bool isSmall = names.Shape("comb_block.0.weight") is [18, 9, ..] && names.Shape("encoder.pyramid1.0.0.weight") is [20, ..];
        return isSmall ? null : "another size of AMT (AMT-L or AMT-G)";
    }

    private static string? OtherDino(CheckpointNames names, string file)
    {
        if (names.Any("mask_token", ".ls1.gamma", ".layer_scale1.")) return "DINOv2, or another newer training";
        if (names.Starts("backbone.")) return "DINO's whole training (_full_checkpoint), with more than the network";
        if (names.Starts("head.", "classifier.")) return "a vision transformer that was trained to tell classes";
        var patches = names.Shape("patch_embed.proj.weight")
            ?? names.Shape("embeddings.patch_embeddings.projection.weight")
            ?? names.Shape("vit.embeddings.patch_embeddings.projection.weight");
        return patches is [768, 3, 16, 16] ? null
            : patches is [var width, _, var size, _] ? $"a vision transformer of {width} channels with patches of {size} x {size}"
            : "a vision transformer of another kind";
    }

    /// <summary>DOVER++ has the same tensors with other numbers: only its name tells.</summary>
    private static string? OtherDover(CheckpointNames names, string file)
    {
        bool isPlus = file.Contains("plus_plus", StringComparison.OrdinalIgnoreCase) || file.Contains("++", StringComparison.Ordinal);
        if (isPlus) return "by its name DOVER++, which was trained otherwise and gives other scores";
        if (names.Starts("fragments_backbone.", "resize_backbone.")) return "FAST-VQA";
        if (names.Any(".grn.")) return "DOVER-Mobile, whose networks are other ones";
        return names.Starts("technical_backbone.") && names.Starts("aesthetic_backbone.") ? null : "one branch of DOVER alone";
    }

    private static string? OtherHead(CheckpointNames names, string file) => names.Shape("scoring_head.0.weight") switch
    {
        [1024, 1152] => null,
        [_, var width] => $"an aesthetic head for encoders of {width} channels",
        _ => "an aesthetic scorer of another kind",
    };

    private static string? OtherSiglip(CheckpointNames names, string file)
    {
        const string table = "vision_model.embeddings.position_embedding.weight", words = "text_model.embeddings.token_embedding.weight";
        if (names.Shape(words) is [> 200_000, _]) return "SigLIP 2, which was trained otherwise";
        return names.Shape(table) switch
        {
            [729, 1152] => null,
            [var places, var width] => $"a SigLIP of {width} channels for {places} patches",
            _ => "a SigLIP of another kind",
        };
    }
}
