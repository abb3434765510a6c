using System.Globalization;
using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>
/// A motion adapter, AnimateDiff's layers: a folder as diffusers saves it, or one safetensors file with diffusers' or the original's names.
/// Where there is no config.json the tensors tell everything but the number of heads, which is 8 in every adapter of Stable Diffusion 1.5.
/// </summary>
internal static class MotionAdapterFile
{
    private const int Heads = 8, Groups = 32, UsualFrames = 32;
    private const string Modules = ".motion_modules.";
    private const string Wanted = "a motion adapter for Stable Diffusion 1.5 is needed (AnimateDiff, AnimateDiff-Lightning, AnimateLCM)";

    /// <summary>Opens a folder or a file.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="path">the adapter's folder, a folder that has one, or a file</param>
    /// <param name="said">what the user says that it is; recognised if absent</param>
    /// <exception cref="InputException">it is not there, or holds something else</exception>
    public static ModelPart<MotionConfig> Open(WeightFiles files, string path, MotionKind? said = null)
    {
        var kind = ModelPartKind.MotionAdapter;
        if (Directory.Exists(path))
        {
            string config = Path.Combine(path, "config.json"), inside = Path.Combine(path, kind.Folder);
            if (!File.Exists(config) && Directory.Exists(inside)) return Open(files, inside, said);
            return Open(files, PartFiles.Find(path, kind.Stem), config, said);
        }

        if (!File.Exists(path)) throw new InputException(InputCode.NotFound, $"{path}: no such file or folder: {Wanted}");
        return Open(files, path, ConfigBeside(path), said);
    }

    private static ModelPart<MotionConfig> Open(WeightFiles files, string path, string? configPath, MotionKind? said)
    {
        var kind = ModelPartKind.MotionAdapter;
        var stored = PartFiles.Open(files, path);
        var found = CheckpointReader.Read(stored);
        if (found.Kind != CheckpointKind.MotionAdapter)
            throw new InputException(InputCode.WrongKind, $"{path}: {found.Sentence}: {Wanted}");
        var weights = files.View(stored, kind.TensorName);
        string origin = configPath is not null && File.Exists(configPath) ? configPath : path;
        var json = origin == path ? default(JsonElement?) : ModelPart.ReadConfig(kind, origin);
        var config = json is { } read ? ModelPart.ParseConfig(kind, read, origin) : Infer(weights, Frames(stored));
        try
        {
            var facts = MotionRecognition.Recognize(found, json, (stored as TensorFile)?.Metadata, path, said);
            return new ModelPart<MotionConfig>(kind, config, origin, weights, facts);
        }
        catch (InputException e)
        {
            throw e.At(origin);
        }
    }

    /// <summary>A file of a diffusers folder that was given by itself still has its configuration beside it.</summary>
    private static string? ConfigBeside(string path)
    {
        string config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "config.json");
        bool isOfFolder = Path.GetFileName(path).StartsWith(ModelPartKind.MotionAdapter.Stem, StringComparison.Ordinal);
        return isOfFolder && File.Exists(config) ? config : null;
    }

    /// <summary>The length of the table of positions, which the view leaves out.</summary>
    private static long Frames(IWeightFile stored)
    {
        string? table = stored.Names.FirstOrDefault(ComputedTables.IsOfFrames);
        return table is not null && stored.FindShape(table, []) is { Count: 3 } positions ? positions[1] : UsualFrames;
    }

    private static MotionConfig Infer(RenamedWeights file, long frames)
    {
        var channels = new List<int>();
        while (channels.Count < InputLimits.Levels && Norm(channels.Count, 0) is { } length)
            channels.Add(Size(length, "channels", InputLimits.Channels, Groups));
        int layers = 0;
        while (layers < InputLimits.Layers && Norm(0, layers) is not null) layers++;
        if (channels.Count == 0)
        {
            throw new InputException(
                InputCode.Incomplete, $"{file.Origin}: a motion adapter without modules in down_blocks.0: it is not complete");
        }

        bool hasMid = file.Names.Any(name => name.StartsWith("mid_block" + Modules, StringComparison.Ordinal));
        return new MotionConfig(channels, layers, Heads, Groups, Size(frames, "frames", InputLimits.Positions), hasMid);

        long? Norm(int block, int layer)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"down_blocks.{block}{Modules}{layer}.norm.weight");
            return file.FindShape(name, []) is { Count: 1 } shape ? shape[0] : null;
        }

        int Size(long size, string what, int most, int unit = 1) => size > 0 && size <= most && size % unit == 0
            ? (int)size
            : throw new InputException(
                InputCode.Unsupported, $"{file.Origin}: motion modules of {size} {what}: a multiple of {unit} up to {most} is needed");
    }
}
