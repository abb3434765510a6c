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
    private readonly IReadOnlyList<Notice> _notices = [];

    internal ModelParts(
        ModelPart<UNetConfig> unet, ModelPart<VaeConfig> vae, ModelPart<ClipConfig> textEncoder, ModelPart<MotionConfig>? motion,
        IPromptTokenizer tokenizer, WeightFiles? files = null)
    {
        (UNet, Vae, TextEncoder, Motion, Tokenizer, _files) = (unet, vae, textEncoder, motion, tokenizer, files);
        if (motion is null) return;
        MotionProfile = MotionRecognition.KindOf(motion.Facts).Profile;
        if (MotionRecognition.Assumption(motion.Facts, motion.Weights.Origin) is { } line)
            _notices = [new Notice(NoticeCode.Assumed, line)];
    }

    /// <summary>The image model's noise.</summary>
    public SchedulerConfig ImageScheduler { get; private init; } = SchedulerConfig.StableDiffusion;

    /// <summary>How the motion modules want to be sampled.</summary>
    public MotionProfile MotionProfile { get; } = MotionProfile.Lightning();

    /// <summary>What was assumed, left unused or found elsewhere, a line each, for the user.</summary>
    public IReadOnlyList<Notice> Notices => [.. _notices, .. Embeddings.Notices];

    /// <summary>The image model's denoiser.</summary>
    internal ModelPart<UNetConfig> UNet { get; }

    /// <summary>The autoencoder.</summary>
    internal ModelPart<VaeConfig> Vae { get; }

    /// <summary>CLIP's text half.</summary>
    internal ModelPart<ClipConfig> TextEncoder { get; }

    /// <summary>The motion modules; null where only the image model runs.</summary>
    internal ModelPart<MotionConfig>? Motion { get; }

    /// <summary>The vocabulary.</summary>
    internal IPromptTokenizer Tokenizer { get; }

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
        string modelFolder = ModelPath.Resolve(request.Model);
        string? motion = request.Motion is { } given ? ModelPath.Resolve(given) : null;
        var (needsMotion, motionKind) = (request.NeedsMotion, request.MotionKind);
        var folder = ModelFolder.Open(modelFolder);
        if (needsMotion && motion is null && !folder.HasMotionAdapter)
        {
            throw new InputException(
                InputCode.NotGiven,
                $"{modelFolder} has no motion_adapter: " +
                "give motion modules with --motion (a safetensors file or a folder), or use --mode t2i");
        }

        var files = new WeightFiles();
        try
        {
            var textEncoder = folder.Open(files, ModelPartKind.TextEncoder);
            var embeddings = EmbeddingFiles.Read(request.Embeddings, textEncoder.Config);
            var parts = new ModelParts(
                folder.Open(files, ModelPartKind.UNet),
                folder.Open(files, ModelPartKind.Vae),
                embeddings.Extend(textEncoder),
                !needsMotion ? null
                    : motion is null ? folder.OpenMotionAdapter(files, motionKind)
                    : MotionAdapterFile.Open(files, motion, motionKind),
                ClipTokenizer.FromFolder(folder.TokenizerFolder),
                files)
            {
                Embeddings = embeddings,
                ImageScheduler = folder.ReadScheduler() is { } json
                    ? SchedulerConfig.Parse(json, folder.SchedulerFile)
                    : SchedulerConfig.StableDiffusion,
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
