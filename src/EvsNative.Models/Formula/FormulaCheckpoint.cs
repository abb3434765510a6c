using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Writes a model by formula to files that other programs read, so that all can be timed on the same numbers: those of
/// <see cref="FormulaWeights"/> for diffusers' name, in either layout. One tensor is in memory at a time.
/// </summary>
public static class FormulaCheckpoint
{
    /// <summary>A key of model_index.json by which such a model is known.</summary>
    public const string Mark = "_weights_by_formula";

    private const string Index = $$"""
        {
          "_class_name": "StableDiffusionPipeline",
          "{{Mark}}": true,
          "unet": ["diffusers", "UNet2DConditionModel"],
          "vae": ["diffusers", "AutoencoderKL"],
          "text_encoder": ["transformers", "CLIPTextModel"],
          "tokenizer": ["transformers", "CLIPTokenizer"],
          "scheduler": ["diffusers", "DDIMScheduler"]
        }
        """;

    private const string Scheduler = """
        {
          "_class_name": "DDIMScheduler",
          "beta_start": 0.00085,
          "beta_end": 0.012,
          "beta_schedule": "scaled_linear",
          "num_train_timesteps": 1000,
          "clip_sample": false,
          "set_alpha_to_one": false,
          "steps_offset": 1,
          "timestep_spacing": "leading",
          "prediction_type": "epsilon"
        }
        """;

    private const string Tokenizer = """{ "tokenizer_class": "CLIPTokenizer", "model_max_length": 77 }""";

    /// <summary>Writes a model folder in the diffusers layout, with motion adapter, vocabulary and schedule.</summary>
    /// <param name="folder">an empty folder</param>
    /// <param name="size">sd15 or tiny</param>
    /// <param name="type">F32 or F16</param>
    /// <param name="stop">asked between tensors</param>
    /// <exception cref="InputException">another size, or the disk is full</exception>
    public static void WriteFolder(string folder, string size, StoredType type, CancellationToken stop = default)
    {
        using var parts = FormulaModels.Open(size);
        var tensors = FormulaTensors.Of(size).ToLookup(tensor => tensor.Part);
        foreach (var part in parts.Networks)
        {
            string inside = Made(folder, part.Kind.Folder), weights = Path.Combine(inside, $"{part.Kind.Stem}.safetensors");
            File.WriteAllText(Path.Combine(inside, "config.json"), part.ConfigText());
            Write(weights, [.. tensors[part.Kind]], tensor => new SafetensorsPlan(tensor.Name, tensor.Shape, type), stop);
        }

        FormulaModels.Vocabulary(size).Write(Made(folder, "tokenizer"));
        File.WriteAllText(Path.Combine(folder, "tokenizer", "tokenizer_config.json"), Tokenizer);
        File.WriteAllText(Path.Combine(Made(folder, "scheduler"), "scheduler_config.json"), Scheduler);
        File.WriteAllText(Path.Combine(folder, "model_index.json"), Index);
    }

    /// <summary>
    /// Writes U-Net, autoencoder and text encoder to one file, in the names of the original Stable Diffusion. Motion modules have no place
    /// in it.
    /// </summary>
    /// <param name="path">the file</param>
    /// <param name="size">sd15 or tiny</param>
    /// <param name="type">F32 or F16</param>
    /// <param name="force">replace a file that is there</param>
    /// <param name="notice">told of what a killed run had left there, and of another name for the file</param>
    /// <param name="stop">asked between tensors</param>
    /// <returns>where it is: the place, or a free name beside it if that was taken meanwhile</returns>
    /// <exception cref="InputException">another size, or the disk is full</exception>
    public static string WriteSingleFile(
        string path, string size, StoredType type, bool force = false, Action<Notice>? notice = null, CancellationToken stop = default)
    {
        FormulaTensor[] tensors = [.. FormulaTensors.Of(size).Where(tensor => tensor.Part != ModelPartKind.MotionAdapter)];
        using var parts = FormulaModels.Open(size, needsMotion: false);
        return Write(path, tensors, InSingleFile, stop, force, notice, SingleFileConfig.Metadata(parts.Networks));

        SafetensorsPlan InSingleFile(FormulaTensor tensor) =>
            new(SingleFileNames.Of(tensor.Part, tensor.Name), SingleFileNames.ShapeOf(tensor.Part, tensor.Shape), type);
    }

    private static string Write(
        string path, FormulaTensor[] tensors, Func<FormulaTensor, SafetensorsPlan> plan, CancellationToken stop, bool force = false,
        Action<Notice>? notice = null, IReadOnlyDictionary<string, string>? configs = null)
    {
        var formula = new FormulaWeights();
        var metadata = new Dictionary<string, string>(configs ?? new Dictionary<string, string>()) { ["format"] = "pt", [Mark] = "true" };
        using var writer = new SafetensorsWriter(path, [.. tensors.Select(plan)], metadata, force);
        float[] values = new float[tensors.Max(tensor => tensor.Count)];
        foreach (var tensor in tensors)
        {
            stop.ThrowIfCancellationRequested();
            var part = values.AsSpan(0, tensor.Count);
            tensor.Fill(formula, part);
            writer.Append(part);
        }

        string place = writer.Complete();
        foreach (var said in writer.Notices) notice?.Invoke(said);
        return place;
    }

    private static string Made(string folder, string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
}
