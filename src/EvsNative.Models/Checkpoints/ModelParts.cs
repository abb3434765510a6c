using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>
/// Everything a run reads, opened and not yet loaded: networks, vocabulary, the image model's noise and the motion modules' habits. It owns
/// the files; the networks are views of them.
/// </summary>
public sealed class ModelParts : IDisposable
{
    private readonly WeightFiles? _files;
    private readonly IPromptTokenizer? _tokenizer;

    internal ModelParts(
        ModelPart<UNetConfig> unet, ModelPart<VaeConfig> vae, ModelPart<ClipConfig> textEncoder, ModelPart<MotionConfig>? motion,
        IPromptTokenizer? tokenizer, WeightFiles? files = null, IReadOnlyList<Notice>? told = null)
    {
        (UNet, Vae, TextEncoder, Motion, _tokenizer, _files) = (unet, vae, textEncoder, motion, tokenizer, files);
        Notices = told ?? [];
        if (motion is null) return;
        var habits = MotionRecognition.KindOf(motion.Facts).Profile;
        MotionProfile = habits with { Window = Math.Min(habits.Window, motion.Config.MaxFrames) };
        Notices = [.. Notices, .. motion.Notices];
    }

    /// <summary>The image model's noise.</summary>
    public SchedulerConfig ImageScheduler { get; private init; } = SchedulerConfig.StableDiffusion;

    /// <summary>How the motion modules want to be sampled.</summary>
    public MotionProfile MotionProfile { get; } = MotionProfile.Lightning();

    /// <summary>Frames that the motion modules take at most; any number without them.</summary>
    public int MaxFrames => Motion?.Config.MaxFrames ?? int.MaxValue;

    /// <summary>What was assumed, left unused or found elsewhere, a line each, for the user.</summary>
    public IReadOnlyList<Notice> Notices { get; } = [];

    /// <summary>The image model's denoiser.</summary>
    internal ModelPart<UNetConfig> UNet { get; }

    /// <summary>The autoencoder.</summary>
    internal ModelPart<VaeConfig> Vae { get; }

    /// <summary>CLIP's text half.</summary>
    internal ModelPart<ClipConfig> TextEncoder { get; }

    /// <summary>The motion modules; null where only the image model runs.</summary>
    internal ModelPart<MotionConfig>? Motion { get; }

    /// <summary>The vocabulary.</summary>
    /// <exception cref="InvalidOperationException">the model was opened without one</exception>
    internal IPromptTokenizer Tokenizer => _tokenizer ?? throw new InvalidOperationException("a model opened without a vocabulary");

    /// <summary>New words for prompts: their vectors are in the text encoder's table.</summary>
    internal PromptWords Words => Embeddings.Words;

    /// <summary>The textual inversions that were asked for.</summary>
    internal EmbeddingFiles Embeddings { get; private init; } = EmbeddingFiles.None;

    /// <summary>The networks, in the order in which they are written.</summary>
    internal IEnumerable<ModelPart> Networks => Motion is { } motion ? [UNet, Vae, TextEncoder, motion] : [UNet, Vae, TextEncoder];

    /// <summary>Opens a model and its motion modules, without anything else.</summary>
    /// <inheritdoc cref="Open(ModelRequest)"/>
    public static ModelParts Open(string model, string? motion, bool needsMotion = true, MotionKind? motionKind = null) =>
        Open(new ModelRequest(model) { Motion = motion, NeedsMotion = needsMotion, MotionKind = motionKind });

    /// <summary>Opens everything that a run reads.</summary>
    /// <exception cref="InputException">something is missing or of another kind</exception>
    public static ModelParts Open(ModelRequest request)
    {
        var files = new WeightFiles();
        try
        {
            var told = new List<Notice>();
            string path = ModelPath.Resolve(request.Model, told: told);
            bool needsTokenizer = request.NeedsTokenizer && request.Tokenizer is null;
            var source = ModelSource.Open(files, path, needsVae: request.Vae is null, needsTokenizer);
            var unet = source.Open(files, ModelPartKind.UNet);
            var vae = OpenVae(files, source, request, told);
            var text = source.Open(files, ModelPartKind.TextEncoder);
            var motion = OpenMotion(files, source, request, told);
            told.AddRange(source.Notices);
            var tokenizer = request.NeedsTokenizer
                ? TokenizerSearch.Open(path, request.Tokenizer, text.Config.VocabularySize, told)
                : null;
            var loras = LoraMerge.Open(files, request.Loras, request.Threads, unet, text, motion);
            var embeddings = EmbeddingFiles.Read(request.Embeddings, text.Config);
            told.AddRange([.. loras.Notices, .. embeddings.Notices]);
            var parts = new ModelParts(
                loras.Applied(unet), vae, embeddings.Extend(loras.Applied(text)), motion is null ? null : loras.Applied(motion), tokenizer,
                files, told)
            {
                Embeddings = embeddings,
                ImageScheduler = source.Scheduler(),
            };
            parts.EnsureFit();
            files.Verify();
            return parts;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _files?.Dispose();

    private static ModelPart<VaeConfig> OpenVae(WeightFiles files, IModelSource source, ModelRequest request, ICollection<Notice> told) =>
        request.Vae is { } given
            ? VaeFile.Open(files, ModelPath.Resolve(given, told: told), told)
            : source.Open(files, ModelPartKind.Vae);

    /// <summary>The motion modules that were named, else the model's own; null where none are needed.</summary>
    private static ModelPart<MotionConfig>? OpenMotion(
        WeightFiles files, IModelSource source, ModelRequest request, ICollection<Notice> told)
    {
        if (!request.NeedsMotion) return null;
        if (request.Motion is { } given)
            return MotionAdapterFile.Open(files, ModelPath.Resolve(given, told: told), request.MotionKind, request.Loras);
        if (source.HasMotionAdapter) return source.OpenMotionAdapter(files, request.MotionKind, request.Loras);
        throw new InputException(
            InputCode.NotGiven,
            $"{source.Path} has no motion_adapter: give motion modules with --motion (a file or a folder), or use --mode t2i");
    }

    /// <summary>An adapter of another size is refused where its file can be named.</summary>
    private void EnsureFit()
    {
        if (Motion is null) return;
        try
        {
            Motion.Config.EnsureFits(UNet.Config);
        }
        catch (InputException e)
        {
            throw e.At(Motion.ConfigOrigin);
        }
    }
}
