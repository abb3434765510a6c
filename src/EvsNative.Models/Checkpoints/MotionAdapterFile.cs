using System.Globalization;
using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>
/// A motion adapter, AnimateDiff's layers: a folder as diffusers saves it, or one file with diffusers' or the original's names, behind any
/// prefix; or those in a whole video U-Net, of which nothing else is taken. Where there is no config.json the tensors tell everything but
/// the number of heads, which is 8 in every adapter of Stable Diffusion 1.5.
/// </summary>
internal static class MotionAdapterFile
{
    private const int Heads = 8, Groups = 32, UsualFrames = 32, FramesOfLcm = 64, UNetInputs = 4;
    private const string Modules = ".motion_modules.", VideoUNetClass = "UNetMotionModel";
    private const string Wanted = "a motion adapter for Stable Diffusion 1.5 is needed (AnimateDiff, AnimateDiff-Lightning, AnimateLCM)";

    /// <summary>What files of weights end with: a config.json beside several of them is not known to be of one.</summary>
    private static readonly string[] WeightEndings = [".safetensors", ".ckpt", ".pt", ".pth", ".bin"];

    /// <summary>Opens a folder or a file.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="path">the adapter's folder, a folder that has one, or a file</param>
    /// <param name="said">what the user says that it is; recognised if absent</param>
    /// <param name="loras">LoRAs that were given with it; some adapters go with one</param>
    /// <exception cref="InputException">it is not there, or holds something else</exception>
    public static ModelPart<MotionConfig> Open(
        WeightFiles files, string path, MotionKind? said = null, IReadOnlyList<LoraChoice>? loras = null)
    {
        var kind = ModelPartKind.MotionAdapter;
        if (Directory.Exists(path))
        {
            string config = Path.Combine(path, "config.json"), inside = Path.Combine(path, kind.Folder);
            if (!File.Exists(config) && Directory.Exists(inside)) return Open(files, inside, said, loras);
            return Open(files, PartFiles.Find(path, kind.Stem), File.Exists(config) ? config : null, said, loras ?? []);
        }

        if (!File.Exists(path)) throw new InputException(InputCode.NotFound, $"{path}: no such file or folder: {Wanted}");
        return Open(files, path, ConfigBeside(path), said, loras ?? []);
    }

    private static ModelPart<MotionConfig> Open(
        WeightFiles files, string path, string? configPath, MotionKind? said, IReadOnlyList<LoraChoice> loras)
    {
        var kind = ModelPartKind.MotionAdapter;
        var stored = PartFiles.Open(files, path);
        var found = CheckpointReader.Read(stored);
        var content = Usable(MotionContent.Of(stored), found, stored);
        files.View(stored, _ => null);
        var own = MotionPositions.Own(stored);
        bool IsRead(string name) => !ComputedTables.Contains(name) || own.Contains(name);
        var weights = new RenamedWeights(stored, name => IsRead(name) ? kind.TensorName(name) : null);
        var json = configPath is null ? default(JsonElement?) : ReadConfig(configPath);
        string origin = configPath ?? path;
        var config = Config(json, origin, weights, found, content);
        try
        {
            var recognition = new MotionRecognition(found, json, (stored as TensorFile)?.Metadata, path, said);
            var facts = recognition.Facts();
            Notice?[] notices = [Unused(found, content, path), recognition.Doubt(), MotionCompanions.Missing(facts, path, loras)];
            return new ModelPart<MotionConfig>(kind, config, origin, weights, facts) { Notices = [.. notices.OfType<Notice>()] };
        }
        catch (InputException e)
        {
            throw e.At(origin);
        }
    }

    /// <summary>The motion modules of a file, if they are of a kind that is computed here.</summary>
    private static MotionContent Usable(MotionContent? content, CheckpointFacts found, IWeightFile stored)
    {
        bool isKind = found.Kind is CheckpointKind.MotionAdapter or CheckpointKind.VideoUNet;
        bool isFamily = found.Family is CheckpointFamily.Unknown or CheckpointFamily.AnimateDiff
            or CheckpointFamily.AnimateDiffLightning or CheckpointFamily.AnimateLcm;
        if (content is null || !isKind || !isFamily)
            throw new InputException(InputCode.WrongKind, $"{stored.Origin}: {found.Sentence}: {Wanted}");
        if (content.Prefixes is [var one, var other, ..])
        {
            throw new InputException(
                InputCode.Unsupported,
                $"{stored.Origin}: has motion modules more than once, behind {InputText.Quote(one)} and {InputText.Quote(other)}: "
                + "keep one set of them in the file");
        }

        if (stored.FindShape(content.Prefixes[0] + "conv_in.weight", []) is not [_, not UNetInputs, ..] shape) return content;
        throw new InputException(
            InputCode.Unsupported,
            $"{stored.Origin}: {found.Sentence} that takes {shape[1]} channels, a picture or a mask beside the latents: {Wanted}");
    }

    /// <summary>A whole video U-Net's configuration is as good as an adapter's.</summary>
    private static JsonElement ReadConfig(string path)
    {
        var json = JsonFile.ReadObject(path);
        return json.Text("_class_name") == VideoUNetClass ? json : ModelPart.ReadConfig(ModelPartKind.MotionAdapter, path);
    }

    /// <summary>
    /// A configuration beside a file: of a file named as in a diffusers folder, or of the folder's only file of weights if it says that it
    /// is a motion adapter's.
    /// </summary>
    private static string? ConfigBeside(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!, config = Path.Combine(folder, "config.json");
        if (!File.Exists(config)) return null;
        if (Path.GetFileName(path).StartsWith(ModelPartKind.MotionAdapter.Stem, StringComparison.Ordinal)) return config;
        int weights = Directory.EnumerateFiles(folder).Count(file => WeightEndings.Contains(Path.GetExtension(file)));
        return weights == 1 && JsonFile.ReadObject(config).Text("_class_name") == ModelPartKind.MotionAdapter.ClassName ? config : null;
    }

    private static Notice? Unused(CheckpointFacts found, MotionContent content, string path)
    {
        var others = content.Others.ToList();
        if (others.Count == 0) return null;
        string what = found.Kind == CheckpointKind.VideoUNet
            ? "a whole video U-Net: only its motion modules are used, the image model is the one of --model"
            : "holds more than motion modules";
        string aside = $"{others.Count} tensor{(others.Count == 1 ? " is" : "s are")} left aside, such as {InputText.Quote(others[0])}";
        return new Notice(NoticeCode.Unused, $"{path}: {what}; {aside}");
    }

    /// <summary>
    /// Sizes as the configuration says them, or as the tensors show them; how many frames are taken is told by the tables of positions
    /// before anything else, which the view of the weights leaves out.
    /// </summary>
    private static MotionConfig Config(
        JsonElement? json, string origin, RenamedWeights weights, CheckpointFacts found, MotionContent content)
    {
        bool isOfUNet = json?.Text("_class_name") == VideoUNetClass;
        var said = json is { } read && !isOfUNet ? ModelPart.ParseConfig(ModelPartKind.MotionAdapter, read, origin) : null;
        long? rows = content.Rows ?? (said is null && found.Family == CheckpointFamily.AnimateLcm ? FramesOfLcm : null);
        if (said is not null)
            return rows is { } frames ? said with { MaxFrames = Size(weights, frames, "frames", InputLimits.Positions) } : said;
        var inferred = Infer(weights, rows ?? UsualFrames);
        return isOfUNet ? inferred with { Heads = MotionConfig.HeadsOf(json!.Value) } : inferred;
    }

    private static MotionConfig Infer(RenamedWeights file, long frames)
    {
        var channels = new List<int>();
        while (channels.Count < InputLimits.Levels && Norm(channels.Count, 0) is { } length)
            channels.Add(Size(file, length, "channels", InputLimits.Channels, Groups));
        int layers = 0;
        while (layers < InputLimits.Layers && Norm(0, layers) is not null) layers++;
        if (channels.Count == 0)
        {
            throw new InputException(
                InputCode.Incomplete, $"{file.Origin}: a motion adapter without modules in down_blocks.0: it is not complete");
        }

        bool hasMid = file.Names.Any(name => name.StartsWith("mid_block" + Modules, StringComparison.Ordinal));
        return new MotionConfig(channels, layers, Heads, Groups, Size(file, frames, "frames", InputLimits.Positions), hasMid);

        long? Norm(int block, int layer)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"down_blocks.{block}{Modules}{layer}.norm.weight");
            return file.FindShape(name, []) is { Count: 1 } shape ? shape[0] : null;
        }
    }

    private static int Size(RenamedWeights file, long size, string what, int most, int unit = 1) =>
        size > 0 && size <= most && size % unit == 0
            ? (int)size
            : throw new InputException(
                InputCode.Unsupported, $"{file.Origin}: motion modules of {size} {what}: a multiple of {unit} up to {most} is needed");
}
