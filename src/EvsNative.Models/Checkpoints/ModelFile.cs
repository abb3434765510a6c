using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>
/// A Stable Diffusion 1.x model in one file: U-Net, autoencoder and text encoder in the names of the original or of diffusers, behind any
/// prefix. The networks are views of the file; their sizes are told by shapes, or by <see cref="SingleFileConfig"/>.
/// </summary>
internal sealed class ModelFile : IModelSource
{
    private readonly TensorFile _file;
    private readonly CheckpointNames _names;
    private readonly NetworkPlaces _places;
    private readonly CheckpointFacts _facts;
    private readonly Dictionary<ModelPartKind, Func<string, string?>> _tensorNames = [];

    private ModelFile(TensorFile file, CheckpointFacts facts)
    {
        (_file, _facts) = (file, facts);
        _names = new CheckpointNames(file);
        _places = new NetworkPlaces(_names);
    }

    /// <inheritdoc/>
    public string Path => _file.Origin;

    /// <inheritdoc/>
    public bool HasMotionAdapter => false;

    /// <inheritdoc/>
    public IEnumerable<Notice> Notices
    {
        get
        {
            bool isAveraged = _places.UNet!.Layout == CheckpointLayout.Averages;
            if (isAveraged)
            {
                yield return new Notice(
                    NoticeCode.Assumed, $"{Path}: the U-Net is there only as the averages of a training (model_ema): they are used");
            }

            Func<string, string?>[] networks = [.. new ModelPartKind[] { ModelPartKind.UNet, ModelPartKind.Vae, ModelPartKind.TextEncoder }
                .Select(TensorNames)];
            bool IsUsed(string name) => networks.Any(network => network(name) is not null)
                || (isAveraged && name is "model_ema.decay" or "model_ema.num_updates");
            if (UnusedTensors.Notice(Path, UnusedTensors.Of(_file, IsUsed)) is { } unused) yield return unused;
        }
    }

    /// <summary>Opens a file and finds out what it holds; its header is all that is read.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="path">the file</param>
    /// <param name="needsVae">false if the autoencoder comes from elsewhere</param>
    /// <exception cref="InputException">it is another thing than a model, which is named, or parts of it are missing</exception>
    public static ModelFile Open(WeightFiles files, string path, bool needsVae = true)
    {
        var file = files.Open(path);
        var facts = SamplingNotes.Complete(CheckpointReader.Read(file), path);
        bool isModel = facts is
        {
            Kind: CheckpointKind.Checkpoint or CheckpointKind.UNet,
            Family: CheckpointFamily.StableDiffusion1 or CheckpointFamily.Unknown,
            Variant: CheckpointVariant.None,
        };
        if (!isModel) throw new InputException(InputCode.WrongKind, $"{path}: {facts.Sentence}: {CheckpointAdvice.Of(facts)}");
        if (!facts.Contents.HasFlag(CheckpointContents.UNet))
            throw new InputException(InputCode.Incomplete, $"{path}: {facts.Sentence} whose beginning is missing: download it again");
        var model = new ModelFile(file, facts);
        model.RefuseStrangeLayers();
        model.RequireAll(needsVae);
        return model;
    }

    /// <inheritdoc/>
    public SchedulerConfig Scheduler() => SingleFileConfig.Scheduler(_file);

    /// <inheritdoc/>
    public ModelPart<TConfig> Open<TConfig>(WeightFiles files, ModelPartKind<TConfig> kind) where TConfig : class
    {
        var weights = files.View(_file, TensorNames(kind));
        var config = SingleFileConfig.Find(kind, _file) ?? kind.Infer!(new NetworkSizes(weights));
        return new ModelPart<TConfig>(kind, config, Path, weights, _facts);
    }

    /// <inheritdoc/>
    public ModelPart<MotionConfig> OpenMotionAdapter(
        WeightFiles files, MotionKind? said = null, IReadOnlyList<LoraChoice>? loras = null) =>
        throw new InvalidOperationException("a checkpoint in one file has no motion modules");

    /// <summary>From a stored name to that of a network's tensor; made once, since the whole file is looked through for it.</summary>
    private Func<string, string?> TensorNames(ModelPartKind kind)
    {
        if (_tensorNames.TryGetValue(kind, out var made)) return made;
        return _tensorNames[kind] = kind switch
        {
            _ when kind == ModelPartKind.UNet && _places.UNet is { } unet => new NetworkNames(_names, unet).UNet(),
            _ when kind == ModelPartKind.Vae && _places.Vae is { } vae => new NetworkNames(_names, vae).Vae(),
            _ when kind == ModelPartKind.TextEncoder && _places.TextEncoder is { } text => new NetworkNames(_names, text).TextEncoder(),
            _ => _ => null,
        };
    }

    /// <summary>Layers that change what the U-Net computes: without them the picture would be another one.</summary>
    private void RefuseStrangeLayers()
    {
        string prefix = _places.UNet!.Prefix;
        string[] strange = [".transformer_blocks.1.", "label_emb.", "class_embedding.", "add_embedding.", "encoder_hid_proj."];
        string? found = _file.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .FirstOrDefault(name => strange.Any(part => name.Contains(part, StringComparison.Ordinal)));
        if (found is null) return;
        throw new InputException(
            InputCode.Unsupported,
            $"{Path}: {_facts.Sentence} with layers that Stable Diffusion 1.5 has not ({InputText.Name(found)}): {CheckpointAdvice.Model}");
    }

    private void RequireAll(bool needsVae)
    {
        bool lacksText = _places.TextEncoder is null, lacksVae = _places.Vae is null && needsVae;
        if (!lacksText && !lacksVae) return;
        string what = !lacksText ? "an autoencoder" : lacksVae ? "a text encoder and an autoencoder" : "a text encoder";
        string remedy = lacksText
            ? "take the whole checkpoint that it is from, or a folder in the diffusers layout"
            : "give one with --vae (a file or a folder)";
        throw new InputException(InputCode.Incomplete, $"{Path}: {_facts.Sentence} without {what}: {remedy}");
    }
}
