using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>Everything a run reads, opened and not yet loaded: networks, vocabulary, the image model's noise and the motion modules' habits.</summary>
public sealed class ModelParts : IDisposable
{
    internal ModelParts(ModelPart unet, ModelPart vae, ModelPart textEncoder, ModelPart? motion, IPromptTokenizer tokenizer)
    {
        (UNet, Vae, TextEncoder, Motion, Tokenizer) = (unet, vae, textEncoder, motion, tokenizer);
    }

    /// <summary>The image model's denoiser.</summary>
    public ModelPart UNet { get; }

    /// <summary>The autoencoder.</summary>
    public ModelPart Vae { get; }

    /// <summary>CLIP's text half.</summary>
    public ModelPart TextEncoder { get; }

    /// <summary>The motion modules; null where only the image model runs.</summary>
    public ModelPart? Motion { get; }

    /// <summary>The vocabulary.</summary>
    public IPromptTokenizer Tokenizer { get; }

    /// <summary>The image model's noise.</summary>
    public SchedulerConfig ImageScheduler { get; private init; } = SchedulerConfig.StableDiffusion;

    /// <summary>How the motion modules want to be sampled.</summary>
    public MotionProfile MotionProfile { get; private init; } = MotionProfile.Lightning();

    /// <summary>Opens a model folder and a motion adapter.</summary>
    /// <param name="modelFolder">diffusers layout</param>
    /// <param name="motion">a file or folder; null takes the model folder's own motion_adapter</param>
    /// <param name="needsMotion">false for runs of the image model alone, which need no motion modules</param>
    /// <param name="motionKind">what the motion modules are; recognised if absent</param>
    /// <exception cref="InputException">something is missing or of another kind</exception>
    public static ModelParts Open(string modelFolder, string? motion, bool needsMotion = true, MotionKind? motionKind = null)
    {
        var folder = ModelFolder.Open(modelFolder);
        if (needsMotion && motion is null && !folder.HasMotionAdapter)
            throw new InputException($"{modelFolder} has no motion_adapter: give motion modules with --motion (a safetensors file or a folder), or use --mode t2i");

        var opened = new List<IDisposable>();
        T Keep<T>(T part) where T : IDisposable
        {
            opened.Add(part);
            return part;
        }

        try
        {
            ModelPart unet = Keep(folder.OpenUNet()), vae = Keep(folder.OpenVae()), text = Keep(folder.OpenTextEncoder());
            var modules = !needsMotion ? null : Keep(motion is null ? folder.OpenMotionAdapter() : MotionAdapterFile.Open(motion));
            return new ModelParts(unet, vae, text, modules, ClipTokenizer.FromFolder(folder.TokenizerFolder))
            {
                ImageScheduler = folder.ReadScheduler() is { } json ? SchedulerConfig.Parse(json, modelFolder) : SchedulerConfig.StableDiffusion,
                MotionProfile = motionKind?.Profile ?? MotionProfile.Recognize(Path.GetFileName(Path.TrimEndingDirectorySeparator(motion ?? ""))),
            };
        }
        catch
        {
            opened.ForEach(part => part.Dispose());
            throw;
        }
    }

    /// <summary>The parts with what they are.</summary>
    internal IEnumerable<(ModelPartKind Kind, ModelPart Part)> Kinds
    {
        get
        {
            yield return (ModelPartKind.UNet, UNet);
            yield return (ModelPartKind.Vae, Vae);
            yield return (ModelPartKind.TextEncoder, TextEncoder);
            if (Motion is { } motion) yield return (ModelPartKind.MotionAdapter, motion);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, part) in Kinds) part.Dispose();
    }
}
