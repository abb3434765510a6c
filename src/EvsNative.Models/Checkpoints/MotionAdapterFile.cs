using System.Globalization;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// A motion adapter, AnimateDiff's layers: a folder as diffusers saves it, or one safetensors file with diffusers' or the original's names. Where
/// there is no config.json the tensors tell everything but the number of heads, which is 8 in every adapter of Stable Diffusion 1.5.
/// </summary>
public static class MotionAdapterFile
{
    private const int Heads = 8, Groups = 32, UsualFrames = 32;
    private const string Modules = ".motion_modules.";
    private const string Wanted = "a motion adapter for Stable Diffusion 1.5 is needed (AnimateDiff, AnimateDiff-Lightning, AnimateLCM)";

    /// <summary>Opens a folder or a file. Throws <see cref="InputException"/> if it holds something else.</summary>
    public static ModelPart Open(string path)
    {
        if (Directory.Exists(path))
        {
            string inside = Path.Combine(path, ModelPartKind.MotionAdapter.Folder());
            if (!File.Exists(Path.Combine(path, "config.json")) && Directory.Exists(inside)) return Open(inside);
            return Open(PartFiles.Find(path, ModelPartKind.MotionAdapter.Stem()), Path.Combine(path, "config.json"));
        }

        return File.Exists(path) ? Open(path, ConfigBeside(path)) : throw new InputException($"{path}: no such file or folder: {Wanted}");
    }

    private static ModelPart Open(string path, string? configPath)
    {
        var stored = PartFiles.Open(path);
        try
        {
            if (CheckpointKind.Describe(stored) is var kind && kind != "a motion adapter")
            {
                throw new InputException($"{path}: {kind}: {Wanted}");
            }

            bool isConfigured = configPath is not null && File.Exists(configPath);
            var weights = new RenamedWeights(stored, LegacyNames.Motion);
            var config = isConfigured ? ModelPart.ReadConfig(ModelPartKind.MotionAdapter, configPath!) : Infer(weights, Frames(stored));
            return new ModelPart(isConfigured ? configPath! : path, config, weights);
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }

    /// <summary>A file of a diffusers folder that was given by itself still has its configuration beside it.</summary>
    private static string? ConfigBeside(string path)
    {
        string config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "config.json");
        bool isOfFolder = Path.GetFileName(path).StartsWith(ModelPartKind.MotionAdapter.Stem(), StringComparison.Ordinal) && File.Exists(config);
        return isOfFolder ? config : null;
    }

    /// <summary>The length of the table of positions, which the renamed file leaves out.</summary>
    private static long Frames(IWeightFile stored)
    {
        string? table = stored.Names.FirstOrDefault(name => name.EndsWith(".pe", StringComparison.Ordinal));
        return table is not null && stored.FindShape(table, []) is { Count: 3 } positions ? positions[1] : UsualFrames;
    }

    private static JsonElement Infer(RenamedWeights file, long frames)
    {
        var channels = new List<long>();
        while (Norm(channels.Count, 0) is { } shape) channels.Add(shape[0]);
        int layers = 0;
        while (Norm(0, layers) is not null) layers++;
        if (channels.Count == 0) throw new InputException($"{file.Origin}: a motion adapter without modules in down_blocks.0: it is not complete");
        bool hasMid = file.Names.Any(name => name.StartsWith("mid_block" + Modules, StringComparison.Ordinal));
        return JsonSerializer.SerializeToElement(new Dictionary<string, object>
        {
            ["_class_name"] = ModelPartKind.MotionAdapter.ClassName(),
            ["block_out_channels"] = channels,
            ["motion_layers_per_block"] = layers,
            ["motion_num_attention_heads"] = Heads,
            ["motion_norm_num_groups"] = Groups,
            ["motion_max_seq_length"] = frames,
            ["use_motion_mid_block"] = hasMid,
        });

        IReadOnlyList<long>? Norm(int block, int layer)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"down_blocks.{block}{Modules}{layer}.norm.weight");
            return file.FindShape(name, []) is { Count: 1 } shape ? shape : null;
        }
    }
}
