using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>
/// A Stable Diffusion 1.x model as diffusers saves it: unet, vae, text_encoder and tokenizer, perhaps scheduler and motion_adapter. Opening
/// looks at what is there; a part's files are read when it is opened.
/// </summary>
internal sealed class ModelFolder : IModelSource
{
    private const string Wanted =
        "the folder of a Stable Diffusion 1.5 model in the diffusers layout is needed (unet, vae, text_encoder, tokenizer)";

    private static readonly ModelPartKind[] Needed = [ModelPartKind.UNet, ModelPartKind.Vae, ModelPartKind.TextEncoder];

    /// <summary>What only a folder in this layout has.</summary>
    private static readonly string[] Marks = ["model_index.json", "config.json"];

    private ModelFolder(string path) => Path = path;

    /// <summary>The folder, as it was given.</summary>
    public string Path { get; }

    /// <summary>True if the folder brings a motion adapter along.</summary>
    public bool HasMotionAdapter => Directory.Exists(Inside(ModelPartKind.MotionAdapter.Folder));

    /// <summary>The folder with the vocabulary: <see cref="ClipTokenizerFiles"/>.</summary>
    public string TokenizerFolder => Inside("tokenizer");

    /// <inheritdoc/>
    public IEnumerable<Notice> Notices => [];

    /// <summary>True for a folder in this layout, or a part of one: by its index, a configuration, or the folder of a network.</summary>
    public static bool IsOne(string path) =>
        Marks.Any(name => File.Exists(System.IO.Path.Combine(path, name)))
        || Needed.Any(kind => Directory.Exists(System.IO.Path.Combine(path, kind.Folder)));

    /// <summary>True for the folder of one network, by its name.</summary>
    public static bool IsPart(string path) =>
        Needed.Append(ModelPartKind.MotionAdapter).Any(kind => kind.Folder == System.IO.Path.GetFileName(path));

    /// <summary>Checks that everything a run needs is there.</summary>
    /// <param name="path">the folder</param>
    /// <param name="needsVae">false if the autoencoder comes from elsewhere</param>
    /// <param name="needsTokenizer">false if the vocabulary comes from elsewhere</param>
    /// <exception cref="InputException">lists all that is missing, or says what was given in place of a model folder</exception>
    public static ModelFolder Open(string path, bool needsVae = true, bool needsTokenizer = true)
    {
        if (!Directory.Exists(path))
            throw new InputException(InputCode.NotFound, $"{path}: no such file or folder: {CheckpointAdvice.Model}");
        var model = new ModelFolder(path);
        model.RefuseOtherPipelines();
        var missing = model.Missing(needsVae, needsTokenizer);
        if (missing.Count == 0) return model;
        throw new InputException(
            InputCode.Incomplete, $"{path}: {missing.Count} of the model's files are missing or cannot be used: {Wanted}", missing);
    }

    /// <summary>Opens a network.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="kind">which</param>
    public ModelPart<TConfig> Open<TConfig>(WeightFiles files, ModelPartKind<TConfig> kind) where TConfig : class =>
        ModelPart.Open(files, kind, Inside(kind.Folder));

    /// <summary>Opens the motion adapter; see <see cref="HasMotionAdapter"/>.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="said">what the user says that it is</param>
    /// <param name="loras">LoRAs that were given with the model</param>
    public ModelPart<MotionConfig> OpenMotionAdapter(
        WeightFiles files, MotionKind? said = null, IReadOnlyList<LoraChoice>? loras = null) =>
        MotionAdapterFile.Open(files, Inside(ModelPartKind.MotionAdapter.Folder), said, loras);

    /// <summary>The file of the noise schedule, which a folder may lack.</summary>
    public string SchedulerFile => Inside("scheduler", "scheduler_config.json");

    /// <summary>The noise schedule's configuration, or null if the folder has none.</summary>
    public JsonElement? ReadScheduler() => File.Exists(SchedulerFile) ? JsonFile.ReadObject(SchedulerFile) : null;

    private void RefuseOtherPipelines()
    {
        var facts = CheckpointReader.ReadFolder(Path);
        if (facts is { Family: CheckpointFamily.Unknown, Variant: CheckpointVariant.None }) return;
        throw new InputException(InputCode.WrongKind, $"{Path}: {facts.Sentence}: {Wanted}");
    }

    /// <inheritdoc/>
    public SchedulerConfig Scheduler() =>
        ReadScheduler() is { } json ? SchedulerConfig.Parse(json, SchedulerFile) : SchedulerConfig.StableDiffusion;

    private List<string> Missing(bool needsVae, bool needsTokenizer)
    {
        if (File.Exists(Inside("config.json")) && !Directory.Exists(Inside(ModelPartKind.UNet.Folder)))
        {
            string? network = JsonFile.ReadObject(Inside("config.json")).Text("_class_name");
            throw new InputException(
                InputCode.WrongKind, $"{Path}: the folder of {InputText.Name(network ?? "one network")} alone: {WayOut(network)}");
        }

        var missing = new List<string>();
        foreach (var kind in Needed.Where(kind => needsVae || kind != ModelPartKind.Vae))
        {
            missing.AddRange(Absent(kind.Folder, "config.json"));
            if (!Directory.Exists(Inside(kind.Folder))) missing.Add($"{kind.Folder}/{kind.Stem}.safetensors");
            else if (WeightsProblem(kind) is { } problem) missing.Add(problem);
        }

        if (needsTokenizer) missing.AddRange(ClipTokenizerFiles.Missing(TokenizerFolder).SelectMany(name => Absent("tokenizer", name)));
        return missing;
    }

    /// <summary>What to do with the folder of a network: one inside a model means the model, others lie alone in a repository.</summary>
    private string WayOut(string? network) =>
        IsOne(System.IO.Path.GetDirectoryName(RealPath.Of(Path)) ?? Path) ? "give the folder above it"
        : network == ModelPartKind.Vae.ClassName ? "give it with --vae, and a model with --model"
        : network == ModelPartKind.MotionAdapter.ClassName ? "give it with --motion, and a model with --model"
        : Wanted;

    /// <summary>A line if a file is not there; in a hub's cache that often is a link whose file was removed.</summary>
    private IEnumerable<string> Absent(string folder, string name)
    {
        string path = Inside(folder, name);
        if (OrdinaryFile.Exists(path)) yield break;
        bool isLink = OrdinaryFile.DanglingTarget(path) is not null;
        yield return $"{folder}/{name}{(isLink ? " (a link behind which nothing is)" : "")}";
    }

    private string? WeightsProblem(ModelPartKind kind)
    {
        try
        {
            PartFiles.Find(Inside(kind.Folder), kind.Stem);
            return null;
        }
        catch (InputException e)
        {
            return e.Message;
        }
    }

    private string Inside(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);
}
