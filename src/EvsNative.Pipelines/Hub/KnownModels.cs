using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>A model that <c>pull</c> knows by a word.</summary>
/// <param name="Word">the word</param>
/// <param name="Place">the repository, with the file if it is one; null for what lies on no hub</param>
/// <param name="Licence">the licence that its owner names; null where that is to be seen there</param>
/// <param name="About">what it is for</param>
/// <param name="Use">how this program takes it</param>
public sealed record KnownModel(string Word, HubName? Place, string? Licence, string About, string Use)
{
    /// <summary>
    /// The licence in a sentence, where it limits what may be done with the model: it is to be accepted before anything is fetched.
    /// </summary>
    public string? Terms { get; init; }

    /// <summary>The authors' page, on which the licence stands; null where that is the page of its place.</summary>
    public string? Page { get; init; }

    /// <summary>Where to get it by hand, in words, for what lies on no hub.</summary>
    public string? Elsewhere { get; init; }

    /// <summary>The variant of weights.</summary>
    public string? Variant { get; init; }

    /// <summary>Roughly the size of what is fetched, bytes; null where that is not known.</summary>
    public long? Bytes { get; init; }

    /// <summary>The SHA-256 of a single file; null where that is not known.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>
/// A short list of models that go with this program: those of the paper, the usual ones beside them, and the judges of scores. Licences
/// and sizes are what their pages say; hashes stand here only where several public lists agree on them, or the file itself was looked at.
/// </summary>
public static class KnownModels
{
    private const string OpenRail = "creativeml-openrail-m", Apache = "apache-2.0", Mit = "mit";

    /// <summary>The list.</summary>
    public static IReadOnlyList<KnownModel> All { get; } =
    [
        Model("epicrealism", "emilianJR/epiCRealism", OpenRail, "a fine-tune for photographs, the paper's image model") with
        {
            Bytes = 4_270_000_000,
        },
        Model("sd15", "stable-diffusion-v1-5/stable-diffusion-v1-5", OpenRail, "Stable Diffusion 1.5 in 16 bits") with
        {
            Variant = "fp16",
            Bytes = 2_130_000_000,
        },
        Model("sd15-file", "stable-diffusion-v1-5/stable-diffusion-v1-5/v1-5-pruned-emaonly.safetensors", OpenRail,
            "Stable Diffusion 1.5 in one file, 32 bits; wants clip-tokenizer") with
        {
            Bytes = 4_265_146_304,
            Sha256 = "6ce0161689b3853acaa03779ec93eafe75a02f4ced659bee03f50797806fa2fa",
        },
        Lightning(1, "one step, for trials"),
        Lightning(2, "2 steps"),
        Lightning(4, "4 steps"),
        Lightning(8, "8 steps, the paper's motion modules"),
        Motion("animatelcm", "wangfuyun/AnimateLCM/AnimateLCM_sd15_t2v.ckpt", null, "AnimateLCM's modules; want animatelcm-lora") with
        {
            Bytes = 1_813_041_929,
        },
        new("animatelcm-lora", Name("wangfuyun/AnimateLCM/AnimateLCM_sd15_t2v_lora.safetensors"), null,
            "the LoRA that AnimateLCM was trained with", "--lora")
        {
            Bytes = 134_621_556,
        },
        Motion("animatediff-v2", "guoyww/animatediff-motion-adapter-v1-5-2", Apache, "AnimateDiff v2 as diffusers stores it"),
        Motion("animatediff-v3", "guoyww/animatediff-motion-adapter-v1-5-3", null, "AnimateDiff v3 as diffusers stores it"),
        Motion("animatediff-v2-file", "guoyww/animatediff/mm_sd_v15_v2.ckpt", null, "AnimateDiff v2 as it was published, a pickle") with
        {
            Bytes = 1_817_888_431,
            Sha256 = "69ed0f5fef82b110aca51bcab73b21104242bc65d6ab4b8b2a2a94d31cad1bf0",
        },
        Motion("animatediff-v3-file", "guoyww/animatediff/v3_sd15_mm.ckpt", null, "AnimateDiff v3 as it was published, a pickle"),
        new("animatediff-v3-lora", Name("guoyww/animatediff/v3_sd15_adapter.ckpt"), null,
            "AnimateDiff v3's domain adapter, a LoRA", "--lora"),
        new("vae-ft-mse", Name("stabilityai/sd-vae-ft-mse"), Mit, "an autoencoder with steadier faces", "--vae") { Bytes = 335_000_000 },
        new("vae-ft-mse-file", Name("stabilityai/sd-vae-ft-mse-original/vae-ft-mse-840000-ema-pruned.safetensors"), Mit,
            "the same in one file", "--vae")
        {
            Bytes = 334_641_190,
            Sha256 = "735e4c3a447a3255760d7f86845f09f937809baa529c17370d83e4c3758f3c75",
        },
        new("clip-tokenizer", Name("openai/clip-vit-large-patch14/tokenizer.json"), null,
            "the vocabulary of Stable Diffusion 1, for checkpoints in one file", "--tokenizer"),
        Judge(JudgeKind.Amt, "cc-by-nc-4.0", "for motion smoothness") with { Bytes = 12_000_000 },
        Judge(JudgeKind.Dino, Apache, "for subject consistency") with { Bytes = 343_000_000 },
        Judge(JudgeKind.Dover, "s-lab-1.0", "for the quality of clips") with { Bytes = 240_000_000 },
        Judge(JudgeKind.AestheticHead, "agpl-3.0", "for aesthetics; wants siglip") with
        {
            Bytes = 2_644_834,
            Sha256 = "a6caf256b3dc434273c98dcb12f6bf17c5d4fc647d8df11f038386923dd06220",
        },
        Judge(JudgeKind.Siglip, Apache, "for aesthetics; wants aesthetic") with { Bytes = 3_500_000_000 },
    ];

    /// <summary>A known model by its word, in any letters; null if there is none.</summary>
    public static KnownModel? Find(string word) =>
        All.FirstOrDefault(known => known.Word.Equals(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>A known model of a repository whose licence is to be accepted; null if none in it has such a licence.</summary>
    internal static KnownModel? Limited(HubName name) => All.FirstOrDefault(known =>
        known is { Terms: not null, Place: { } place } && place.Repository.Equals(name.Repository, StringComparison.OrdinalIgnoreCase));

    /// <summary>The words that begin as a text does, as the middle of a sentence.</summary>
    internal static string DidYouMean(string text)
    {
        string[] near =
            [.. All.Select(known => known.Word).Where(word => word.Contains(text, StringComparison.OrdinalIgnoreCase) && text.Length > 2)];
        return near.Length == 0 ? "" : $", perhaps {string.Join(" or ", near.Take(4))}?";
    }

    private static KnownModel Judge(JudgeKind kind, string licence, string about)
    {
        var facts = JudgeFiles.Of(kind);
        return new(facts.PullWord, facts.Place, licence, $"{facts.Title}, {about}", $"evsnative score --{facts.Word}")
        {
            Terms = facts.IsLimited ? facts.Licence : null,
            Page = facts.Page,
            Elsewhere = facts.Place is null ? $"get {facts.FileName} from {facts.From}" : null,
        };
    }

    private static KnownModel Lightning(int steps, string about) => Motion(
        $"lightning-{steps}", $"ByteDance/AnimateDiff-Lightning/animatediff_lightning_{steps}step_diffusers.safetensors", OpenRail,
        $"AnimateDiff-Lightning, {about}") with
    {
        Bytes = 908_000_000,
    };

    private static KnownModel Model(string word, string name, string? licence, string about) =>
        new(word, Name(name), licence, about, "--model");

    private static KnownModel Motion(string word, string name, string? licence, string about) =>
        new(word, Name(name), licence, about, "--motion");

    private static HubName Name(string name) => HubName.TryParse(name) ?? throw new ArgumentException(name, nameof(name));
}
