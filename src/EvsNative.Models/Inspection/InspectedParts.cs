using System.Text;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Parts of a model: networks as a run opens them, and what stands in the folders beside them.</summary>
internal static class InspectedParts
{
    /// <summary>A network that was opened.</summary>
    public static InspectedPart Of(ModelPart part)
    {
        var tensors = InspectedTensors.Stored(part.Weights);
        // Of a file that holds a whole model the network alone is named.
        var facts = part.Facts.Kind == CheckpointKind.Checkpoint ? part.Facts with { Kind = KindOf(part.Kind) } : part.Facts;
        return new(part.Kind.Folder, facts.Sentence)
        {
            Path = part.Weights.Origin,
            Tensors = part.Weights.Names.Count,
            Numbers = part.Weights.Count,
            Types = InspectedTensors.Types(tensors),
            Config = Parse(part.ConfigText()),
        };
    }

    /// <summary>A folder of a model: a network, the vocabulary, the noise schedule, or something that is not read.</summary>
    /// <param name="folder">its path</param>
    /// <param name="watch">how its file is hashed</param>
    public static InspectedPart OfFolder(string folder, HashWatch watch)
    {
        string name = Path.GetFileName(folder);
        try
        {
            return name switch
            {
                "tokenizer" => Tokenizer(folder),
                "scheduler" => Scheduler(folder),
                _ when Known(name) is { } kind => Network(folder, kind, watch),
                _ => new(name, Other(folder)),
            };
        }
        catch (InputException e)
        {
            return new(name, "cannot be used as it is") { Fault = InspectedStranger.Fault(e) };
        }
    }

    private static InspectedPart Network(string folder, ModelPartKind kind, HashWatch watch)
    {
        using var files = new WeightFiles();
        string path = PartFiles.Find(folder, kind.Stem), config = Path.Combine(folder, "config.json");
        var stored = PartFiles.Open(files, path);
        var facts = CheckpointReader.Read(stored);
        InspectedFault? fault = null;
        JsonElement? sizes = null;
        try
        {
            sizes = JsonFile.ReadObject(config);
            if (kind == ModelPartKind.MotionAdapter) facts = MotionAdapterFile.Open(files, folder).Facts;
        }
        catch (InputException e)
        {
            fault = InspectedStranger.Fault(e);
        }

        return new(kind.Folder, facts.Sentence)
        {
            Path = path,
            Tensors = stored.Names.Count,
            Numbers = stored.Count,
            Types = InspectedTensors.Types(InspectedTensors.Stored(stored)),
            Config = sizes,
            Fault = fault,
            Hashes = watch.IsAsked && stored is TensorFile ? watch.Hash(path, stored is SafetensorsFile) : null,
        };
    }

    private static InspectedPart Tokenizer(string folder)
    {
        var files = ClipTokenizerFiles.Read(folder);
        return new("tokenizer", $"a vocabulary of {files.Vocabulary.Count} tokens and {files.Merges.Count} merges") { Path = folder };
    }

    private static InspectedPart Scheduler(string folder)
    {
        string file = Path.Combine(folder, "scheduler_config.json");
        var json = JsonFile.ReadObject(file);
        string[] words = [json.Text("beta_schedule") is { } betas ? $"{betas} betas" : "", json.Text("prediction_type") ?? ""];
        string facts = string.Join(", ", words.Where(word => word.Length > 0));
        return new("scheduler", InputText.Name($"{json.Text("_class_name") ?? "a noise schedule"}{(facts.Length > 0 ? ": " : "")}{facts}"))
        {
            Path = file,
            Config = json,
        };
    }

    private static string Other(string folder)
    {
        string config = Path.Combine(folder, "config.json");
        string? name = OrdinaryFile.Exists(config) ? InspectedJson.ClassOf(JsonFile.ReadObject(config)) : null;
        return name is null ? "not read" : $"{InputText.Name(name)}, which is not read";
    }

    private static CheckpointKind KindOf(ModelPartKind kind) => kind == ModelPartKind.UNet ? CheckpointKind.UNet
        : kind == ModelPartKind.Vae ? CheckpointKind.Vae
        : kind == ModelPartKind.TextEncoder ? CheckpointKind.TextEncoder
        : CheckpointKind.MotionAdapter;

    private static ModelPartKind? Known(string folder) =>
        new ModelPartKind[] { ModelPartKind.UNet, ModelPartKind.Vae, ModelPartKind.TextEncoder, ModelPartKind.MotionAdapter }
            .FirstOrDefault(kind => kind.Folder == folder);

    private static JsonElement Parse(string config) => JsonText.Parse(Encoding.UTF8.GetBytes(config), "config.json");
}
