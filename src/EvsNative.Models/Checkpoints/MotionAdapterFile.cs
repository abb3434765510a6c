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

    /// <summary>Opens a folder or a file. Throws <see cref="InputException"/> if it holds something else.</summary>
    public static ModelPart Open(string path)
    {
        if (Directory.Exists(path))
        {
            string inside = Path.Combine(path, ModelPartKind.MotionAdapter.Folder());
            if (!File.Exists(Path.Combine(path, "config.json")) && Directory.Exists(inside)) return Open(inside);
            return Open(PartFiles.Find(path, ModelPartKind.MotionAdapter.Stem()), Path.Combine(path, "config.json"));
        }

        return File.Exists(path) ? Open(path, ConfigBeside(path)) : throw new InputException($"{path}: no such file or folder: a motion adapter is needed");
    }

    private static ModelPart Open(string path, string? configPath)
    {
        var stored = PartFiles.Open(path);
        try
        {
            if (CheckpointKind.Describe(stored) is var kind && kind != "a motion adapter")
            {
                throw new InputException($"{path}: {kind}: a motion adapter for Stable Diffusion 1.5 is needed (AnimateDiff, AnimateDiff-Lightning, AnimateLCM)");
            }

            bool isConfigured = configPath is not null && File.Exists(configPath);
            var config = isConfigured ? ModelPart.ReadConfig(ModelPartKind.MotionAdapter, configPath!) : Infer(stored);
            return new ModelPart(isConfigured ? configPath! : path, config, new RenamedWeights(stored, LegacyNames.Motion));
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

    private static JsonElement Infer(IWeightFile file)
    {
        var names = file.Names.Where(name => LegacyNames.Motion(name) is not null).ToDictionary(name => LegacyNames.Motion(name)!, name => name);
        var channels = new List<long>();
        while (Norm(channels.Count, 0) is { } shape) channels.Add(shape[0]);
        int layers = 0;
        while (Norm(0, layers) is not null) layers++;
        if (channels.Count == 0 || layers == 0) throw new InputException($"{file.Origin}: the motion adapter has no modules in down_blocks.0: it is not complete");
        string? table = file.Names.FirstOrDefault(name => name.EndsWith(".pe", StringComparison.Ordinal));
        long frames = table is not null && file.FindShape(table, []) is { Count: 3 } positions ? positions[1] : UsualFrames;
        bool hasMid = names.Keys.Any(name => name.StartsWith("mid_block" + Modules, StringComparison.Ordinal));
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
            return names.TryGetValue(name, out string? stored) && file.FindShape(stored, []) is { Count: 1 } shape ? shape : null;
        }
    }
}
