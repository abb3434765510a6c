using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// An autoencoder that is used in place of a model's own: a folder as diffusers saves it, a file in the names of the original or of
/// diffusers, or the autoencoder of another model, in one file or in its folder. Where no configuration tells it, latents are scaled as in
/// Stable Diffusion 1.5.
/// </summary>
internal static class VaeFile
{
    private const string Wanted = "an autoencoder of Stable Diffusion 1.5 is needed, such as sd-vae-ft-mse";

    /// <summary>The scale of SDXL's latents, which are other latents of the same shape.</summary>
    private const float SdxlScale = 0.13025f;

    /// <summary>Opens a file or a folder.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="path">where it is</param>
    /// <param name="told">what is left unused, or looks as if it were another family's</param>
    /// <exception cref="InputException">it is not there, is something else, or lacks a half</exception>
    public static ModelPart<VaeConfig> Open(WeightFiles files, string path, ICollection<Notice> told)
    {
        var part = Directory.Exists(path) ? OfFolder(files, path, told) : OfFile(files, path, told);
        new NetworkSizes(part.Weights).RequireHalves();
        if (IsOfSdxl(part, path))
        {
            told.Add(new Notice(
                NoticeCode.Assumed,
                $"{path}: seems to be an autoencoder of SDXL, whose latents are others: taken for one of Stable Diffusion 1.5"));
        }

        return part;
    }

    private static ModelPart<VaeConfig> OfFolder(WeightFiles files, string folder, ICollection<Notice> told)
    {
        bool hasConfig = File.Exists(Path.Combine(folder, "config.json"));
        if (hasConfig || Directory.Exists(Path.Combine(folder, ModelPartKind.Vae.Folder)))
            return ModelPart.Open(files, ModelPartKind.Vae, folder);
        if (ModelSource.WeightsIn(folder) is { Length: > 0 } found) return OfFile(files, ModelSource.TheOnly(folder, found), told);
        throw new InputException(InputCode.NotFound, $"{folder}: no autoencoder is here: {Wanted}");
    }

    private static ModelPart<VaeConfig> OfFile(WeightFiles files, string path, ICollection<Notice> told)
    {
        if (!File.Exists(path)) throw new InputException(InputCode.NotFound, $"{path}: no such file or folder: {Wanted}");
        var file = files.Open(path);
        var facts = CheckpointReader.Read(file);
        var names = new CheckpointNames(file);
        bool isRelative =
            facts.Family is CheckpointFamily.Unknown or CheckpointFamily.StableDiffusion1 or CheckpointFamily.StableDiffusion2;
        bool isUsable = (facts.Kind == CheckpointKind.Vae && facts.Title.Length == 0)
            || (facts.Kind is CheckpointKind.Checkpoint or CheckpointKind.VideoUNet && isRelative);
        if (!isUsable || new NetworkPlaces(names).Vae is not { } place)
            throw new InputException(InputCode.WrongKind, $"{path}: {facts.Sentence}: {Wanted}");

        var tensorNames = new NetworkNames(names, place).Vae();
        var weights = files.View(file, tensorNames);
        bool isAlone = facts.Kind == CheckpointKind.Vae;
        if (isAlone && UnusedTensors.Notice(path, UnusedTensors.Of(file, name => tensorNames(name) is not null)) is { } unused)
            told.Add(unused);
        var (config, origin) = Config(file, new NetworkSizes(weights));
        var own = isAlone ? facts : new CheckpointFacts(CheckpointKind.Vae) { Layout = place.Layout };
        return new ModelPart<VaeConfig>(ModelPartKind.Vae, config, origin, weights, own);
    }

    /// <summary>By the file's own word, by a configuration beside it, by its shapes.</summary>
    private static (VaeConfig Config, string Origin) Config(TensorFile file, NetworkSizes sizes)
    {
        if (SingleFileConfig.Find(ModelPartKind.Vae, file) is { } own) return (own, file.Origin);
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Origin))!, "config.json");
        bool isOfFolder = Path.GetFileName(file.Origin).StartsWith(ModelPartKind.Vae.Stem, StringComparison.Ordinal);
        if (!isOfFolder || !File.Exists(beside)) return (sizes.Vae(), file.Origin);
        return (ModelPart.ParseConfig(ModelPartKind.Vae, ModelPart.ReadConfig(ModelPartKind.Vae, beside), beside), beside);
    }

    /// <summary>By its scale, by its writer's word, by names of files and folders: its shapes are those of Stable Diffusion 1.5.</summary>
    private static bool IsOfSdxl(ModelPart<VaeConfig> part, string path)
    {
        bool isScaled = MathF.Abs(part.Config.ScalingFactor - SdxlScale) < 1e-6f;
        if (isScaled || part.Facts.Family == CheckpointFamily.StableDiffusionXl) return true;
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return new[] { full, Path.GetDirectoryName(full) ?? "" }
            .Any(name => Path.GetFileName(name).Contains("sdxl", StringComparison.OrdinalIgnoreCase));
    }
}
