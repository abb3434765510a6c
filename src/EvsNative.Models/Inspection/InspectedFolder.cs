using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Folders: of a model, of one network, of a vocabulary, of files of weights, or of anything else.</summary>
internal static class InspectedFolder
{
    private const int MostEntries = 500;

    /// <summary>What a folder is.</summary>
    /// <param name="folder">its path</param>
    /// <param name="request">how closely it is looked at</param>
    /// <param name="watch">how files are hashed</param>
    /// <exception cref="InputException">it cannot be read</exception>
    public static Inspection Of(string folder, InspectionRequest request, HashWatch watch)
    {
        try
        {
            if (ConversionSource.IsModelFolder(folder)) return Model(folder, watch);
            if (OrdinaryFile.Exists(Path.Combine(folder, "config.json"))) return Network(folder, request, watch);
            if (ClipTokenizerFiles.Missing(folder).Count == 0) return Tokenizer(folder);
            string[] weights = ModelSource.WeightsIn(folder);
            return weights.Length > 0 ? Files(folder, weights) : Other(folder);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, folder);
        }
    }

    private static Inspection Model(string folder, HashWatch watch)
    {
        var facts = CheckpointReader.ReadFolder(folder);
        var parts = Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Take(MostEntries)
            .Select(inside => InspectedParts.OfFolder(inside, watch)).ToList();
        var unet = parts.Find(part => part.Part == ModelPartKind.UNet.Folder);
        var found = new Inspection(folder, Sentence(facts, unet), "model-folder")
        {
            Family = InspectionWords.Find(facts.Family),
            Layout = InspectionWords.Find(facts.Layout),
            Variant = InspectionWords.Find(facts.Variant),
            Evidence = InspectionWords.Of(facts.Evidence),
            Parts = parts,
            Tensors = parts.Sum(part => part.Tensors),
            Numbers = parts.Sum(part => part.Numbers),
            Types = Together(parts.SelectMany(part => part.Types)),
            Bytes = parts.Sum(part => part.Types.Sum(type => type.Bytes)),
        };
        var use = InspectedUses.Of(CheckpointKind.Checkpoint)!;
        try
        {
            using var files = new WeightFiles();
            using var opened = use.Open(files, folder);
            foreach (var part in opened.Parts) NetworkTensors.Verify(part);
            return found with { IsUsable = true, Use = use.Line(folder), Notes = opened.Notes };
        }
        catch (InputException e)
        {
            return found with { Use = $"{use.What}, which cannot be used as it is", Fault = InspectedStranger.Fault(e) };
        }
    }

    /// <summary>The folder's own words name no family where they are those of Stable Diffusion 1 and 2 alike: the U-Net tells.</summary>
    private static string Sentence(CheckpointFacts facts, InspectedPart? unet) =>
        facts.Family == CheckpointFamily.Unknown && unet is { Fault: null, Tensors: > 0 }
            ? $"{facts.Sentence} in diffusers' layout, with {unet.Is}"
            : $"{facts.Sentence} in diffusers' layout";

    private static Inspection Network(string folder, InspectionRequest request, HashWatch watch)
    {
        var config = JsonFile.ReadObject(Path.Combine(folder, "config.json"));
        string stem = ConversionSource.StemIn(folder);
        using var files = new WeightFiles();
        string path = PartFiles.Find(folder, stem);
        var stored = PartFiles.Open(files, path);
        var found = Inspector.OfWeights(folder, stored, files, request);
        string name = InspectedJson.ClassOf(config) is { } said ? $" ({InputText.Name(said)})" : "";
        return found with
        {
            Is = $"the folder of {found.Is}{name}",
            Format = (stored as TensorFile)?.Format ?? "safetensors",
            Bytes = InspectedTensors.Stored(stored).Sum(tensor => tensor.Bytes),
            Hashes = stored is TensorFile ? watch.Hash(path, stored is SafetensorsFile) : null,
        };
    }

    private static Inspection Tokenizer(string folder)
    {
        var files = ClipTokenizerFiles.Read(folder);
        return new(folder, $"a tokenizer: a vocabulary of {files.Vocabulary.Count} tokens", "tokenizer")
        {
            IsUsable = true,
            Use = $"the vocabulary of a model: --tokenizer {folder}",
        };
    }

    private static Inspection Files(string folder, string[] weights)
    {
        InspectedEntry[] entries = [.. weights.Take(MostEntries).Select(Entry)];
        string count = weights.Length == 1 ? "one file" : $"{weights.Length} files";
        return new(folder, $"a folder with {count} of weights", "folder")
        {
            Contents = entries,
            Bytes = entries.Sum(entry => entry.Bytes),
            Use = "each file by itself: evsnative inspect FILE",
        };
    }

    private static InspectedEntry Entry(string path)
    {
        string name = InputText.Name(Path.GetFileName(path));
        try
        {
            long bytes = new FileInfo(path).Length;
            using var files = new WeightFiles();
            var facts = CheckpointReader.Read(files.Open(path));
            return new(name, facts.Sentence, InspectionWords.Of(facts.Kind), bytes);
        }
        catch (InputException e)
        {
            return new(name, e.Message, e.Code.Word(), 0);
        }
    }

    private static Inspection Other(string folder)
    {
        int pictures = Directory.EnumerateFiles(folder, "*.png").Take(MostEntries).Count();
        return pictures > 0
            ? new(folder, "a folder of PNG pictures", "frames") { IsUsable = true, Use = $"a clip: evsnative refine {folder}" }
            : new(folder, "a folder without weights", "folder") { Use = "nothing that a run takes" };
    }

    private static IReadOnlyList<InspectedType> Together(IEnumerable<InspectedType> types) =>
    [
        .. types.GroupBy(type => type.Type)
            .Select(type => new InspectedType(
                type.Key, type.Sum(one => one.Tensors), type.Sum(one => one.Numbers), type.Sum(one => one.Bytes)))
            .OrderByDescending(type => type.Bytes).ThenBy(type => type.Type, StringComparer.Ordinal),
    ];
}
