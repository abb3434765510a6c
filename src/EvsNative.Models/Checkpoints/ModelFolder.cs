using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// A Stable Diffusion 1.x model as diffusers saves it: unet, vae, text_encoder and tokenizer, perhaps scheduler and motion_adapter. Opening looks
/// at what is there; a part's files are read when it is opened.
/// </summary>
public sealed class ModelFolder
{
    private const string Wanted = "the folder of a Stable Diffusion 1.5 model in the diffusers layout is needed (unet, vae, text_encoder, tokenizer)";

    private static readonly ModelPartKind[] Needed = [ModelPartKind.UNet, ModelPartKind.Vae, ModelPartKind.TextEncoder];
    private static readonly string[] TokenizerFiles = ["vocab.json", "merges.txt"];

    private ModelFolder(string path) => Path = path;

    /// <summary>The folder, as it was given.</summary>
    public string Path { get; }

    /// <summary>True if the folder brings a motion adapter along.</summary>
    public bool HasMotionAdapter => Directory.Exists(Inside(ModelPartKind.MotionAdapter.Folder()));

    /// <summary>The folder with vocab.json and merges.txt.</summary>
    public string TokenizerFolder => Inside("tokenizer");

    /// <summary>
    /// Checks that everything a run needs is there. Throws an <see cref="InputException"/> that lists all that is missing, or says what was given
    /// in place of a model folder.
    /// </summary>
    public static ModelFolder Open(string path)
    {
        if (File.Exists(path)) throw NotAFolder(path);
        if (!Directory.Exists(path)) throw new InputException($"{path}: no such folder: {Wanted}");
        var model = new ModelFolder(path);
        model.RefuseOtherPipelines();
        var missing = model.Missing();
        if (missing.Count == 0) return model;
        throw new InputException($"{path}: {missing.Count} of the model's files are missing or cannot be used: {Wanted}", missing);
    }

    /// <summary>Opens the image model's denoiser.</summary>
    public ModelPart OpenUNet() => ModelPart.Open(ModelPartKind.UNet, Inside(ModelPartKind.UNet.Folder()));

    /// <summary>Opens the autoencoder.</summary>
    public ModelPart OpenVae() => ModelPart.Open(ModelPartKind.Vae, Inside(ModelPartKind.Vae.Folder()));

    /// <summary>Opens the text encoder.</summary>
    public ModelPart OpenTextEncoder() => ModelPart.Open(ModelPartKind.TextEncoder, Inside(ModelPartKind.TextEncoder.Folder()));

    /// <summary>Opens the motion adapter; see <see cref="HasMotionAdapter"/>.</summary>
    public ModelPart OpenMotionAdapter() => MotionAdapterFile.Open(Inside(ModelPartKind.MotionAdapter.Folder()));

    /// <summary>The noise schedule's configuration, or null if the folder has none.</summary>
    public JsonElement? ReadScheduler()
    {
        string path = Inside("scheduler", "scheduler_config.json");
        return File.Exists(path) ? JsonFile.ReadObject(path) : null;
    }

    private static InputException NotAFolder(string path)
    {
        using var file = SafetensorsFile.Open(path);
        string kind = CheckpointKind.Describe(file);
        string advice = kind == "a Stable Diffusion 1 checkpoint"
            ? "convert it in Python: StableDiffusionPipeline.from_single_file(file).save_pretrained(folder)"
            : Wanted;
        return new InputException($"{path}: {kind} in a single file: {advice}");
    }

    /// <summary>SDXL and others share most names of files: the index tells them apart before a shape fails.</summary>
    private void RefuseOtherPipelines()
    {
        string index = Inside("model_index.json");
        string? pipeline = File.Exists(index) ? JsonFile.ReadObject(index).Text("_class_name") : null;
        bool isXl = Directory.Exists(Inside("text_encoder_2")) || pipeline?.Contains("XL", StringComparison.Ordinal) == true;
        if (isXl) throw new InputException($"{Path}: an SDXL model: {Wanted}");
        if (pipeline?.Contains("Inpaint", StringComparison.Ordinal) == true) throw new InputException($"{Path}: an inpainting model: {Wanted}");
        if (Directory.Exists(Inside("transformer"))) throw new InputException($"{Path}: a model with a transformer in place of the U-Net: {Wanted}");
    }

    private List<string> Missing()
    {
        if (File.Exists(Inside("config.json")) && !Directory.Exists(Inside("unet")))
        {
            string kind = JsonFile.ReadObject(Inside("config.json")).Text("_class_name") ?? "one network";
            throw new InputException($"{Path}: the folder of {kind} alone: give the folder above it");
        }

        var missing = new List<string>();
        foreach (var kind in Needed)
        {
            if (!File.Exists(Inside(kind.Folder(), "config.json"))) missing.Add($"{kind.Folder()}/config.json");
            if (!Directory.Exists(Inside(kind.Folder()))) missing.Add($"{kind.Folder()}/{kind.Stem()}.safetensors");
            else if (WeightsProblem(kind) is { } problem) missing.Add(problem);
        }

        missing.AddRange(TokenizerFiles.Where(name => !File.Exists(Inside("tokenizer", name))).Select(name => $"tokenizer/{name}"));
        return missing;
    }

    private string? WeightsProblem(ModelPartKind kind)
    {
        try
        {
            PartFiles.Find(Inside(kind.Folder()), kind.Stem());
            return null;
        }
        catch (InputException e)
        {
            return e.Message;
        }
    }

    private string Inside(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);
}
