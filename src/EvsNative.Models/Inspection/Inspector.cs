using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Says what a file or folder is. Headers only are read, so that it takes no longer for a large file than for a small one; whole files are
/// read to be hashed, if they are small or if that is asked for.
/// </summary>
public static class Inspector
{
    private const string Index = ".json";

    /// <summary>Looks at a path.</summary>
    /// <param name="request">what and how closely</param>
    /// <param name="onHashed">told the share of a file that has been hashed</param>
    /// <param name="stop">asked while files are hashed</param>
    /// <exception cref="InputException">there is nothing, it cannot be read, or it is damaged</exception>
    public static Inspection Inspect(InspectionRequest request, Action<double>? onHashed = null, CancellationToken stop = default)
    {
        string path = ModelPath.Resolve(request.Path);
        var watch = new HashWatch(request.Hashes, onHashed, stop);
        var found = Directory.Exists(path) ? InspectedFolder.Of(path, request, watch) : OfFile(path, request, watch);
        return found with { Path = request.Path, Location = path == request.Path ? null : path };
    }

    /// <summary>A file of weights, or of anything else.</summary>
    internal static Inspection OfFile(string path, InspectionRequest request, HashWatch watch)
    {
        OrdinaryFile.Require(path);
        if (path.EndsWith(Index, StringComparison.OrdinalIgnoreCase) && InspectedJson.Of(path) is { } json) return json;
        using var files = new WeightFiles();
        IWeightFile stored;
        try
        {
            stored = PartFiles.Open(files, path);
        }
        catch (InputException e) when (InspectedStranger.IsOne(e))
        {
            var stranger = InspectedStranger.Of(path, e);
            return InspectedStranger.MayBeWeights(stranger) ? stranger with { Hashes = watch.Hash(path, isSafetensors: false) } : stranger;
        }

        var file = stored as TensorFile;
        bool isSafetensors = file is SafetensorsFile;
        return OfWeights(path, stored, files, request) with
        {
            Format = file?.Format ?? "safetensors",
            Bytes = file is null ? InspectedTensors.Stored(stored).Sum(tensor => tensor.Bytes) : new FileInfo(path).Length,
            Hashes = watch.Hash(path, isSafetensors),
        };
    }

    /// <summary>Tensors, whatever holds them.</summary>
    /// <param name="path">the file or folder that an option would be given</param>
    /// <param name="stored">its tensors</param>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="request">how closely</param>
    internal static Inspection OfWeights(string path, IWeightFile stored, WeightFiles files, InspectionRequest request)
    {
        var facts = CheckpointReader.Read(stored);
        var metadata = (stored as TensorFile)?.Metadata ?? new Dictionary<string, string>();
        var tensors = InspectedTensors.Stored(stored);
        var found = new Inspection(path, facts.Sentence, InspectionWords.Of(facts.Kind))
        {
            Tensors = stored.Names.Count,
            Numbers = stored.Count,
            Types = InspectedTensors.Types(tensors),
            Metadata = InspectedMetadata.Short(metadata),
            TriggerWords = InspectedMetadata.Words(metadata),
            TensorList = request.ListsTensors ? List(tensors, request.Match) : null,
        };
        return WithUse(found, facts, path, files, tensors);
    }

    /// <summary>What it would be to a run: opened as a run would open it.</summary>
    private static Inspection WithUse(
        Inspection found, CheckpointFacts facts, string path, WeightFiles files, IReadOnlyList<StoredTensor> tensors)
    {
        found = WithFacts(found, facts);
        if (InspectedUses.Of(facts.Kind) is not { } use || !InspectedUses.IsOurs(facts))
            return found with { Use = $"not usable here: {CheckpointAdvice.Of(facts)}" };
        try
        {
            using var opened = use.Open(files, path);
            if (opened.Parts is [ModelPart<MotionConfig> { Facts: var motion }])
                found = WithFacts(found, motion) with { Is = motion.Sentence };
            foreach (var part in opened.Parts) NetworkTensors.Verify(part);
            var read = opened.Parts.SelectMany(part => InspectedTensors.Stored(part.Weights)).Select(tensor => tensor.Name).ToHashSet();
            return found with
            {
                IsUsable = true,
                Use = use.Line(found.Path),
                Parts = [.. opened.Parts.Select(InspectedParts.Of)],
                Unused = read.Count == 0 ? [] : InspectedTensors.Unused(tensors.Where(tensor => !read.Contains(tensor.Name))),
                Notes = opened.Notes,
            };
        }
        catch (InputException e)
        {
            return found with { Use = $"{use.What}, which cannot be used as it is", Fault = InspectedStranger.Fault(e) };
        }
    }

    private static Inspection WithFacts(Inspection found, CheckpointFacts facts) => found with
    {
        Family = InspectionWords.Find(facts.Family),
        Layout = InspectionWords.Find(facts.Layout),
        Variant = InspectionWords.Find(facts.Variant),
        Evidence = facts.Kind == CheckpointKind.Unknown ? null : InspectionWords.Of(facts.Evidence),
        Motion = facts.Motion?.Word,
    };

    private static IReadOnlyList<InspectedTensor> List(IEnumerable<StoredTensor> tensors, string? match) =>
    [
        .. tensors.Where(tensor => match is null || tensor.Name.Contains(match, StringComparison.OrdinalIgnoreCase))
            .OrderBy(tensor => tensor.Name, StringComparer.Ordinal)
            .Select(tensor => new InspectedTensor(InputText.Name(tensor.Name), tensor.Type.Word(), tensor.Shape, tensor.Bytes)),
    ];
}

/// <summary>How files are hashed while they are looked at.</summary>
/// <param name="IsAsked">whether whole files are hashed, however large</param>
/// <param name="OnHashed">told the share of a file that has been read</param>
/// <param name="Stop">asked between pieces</param>
internal sealed record HashWatch(bool IsAsked, Action<double>? OnHashed, CancellationToken Stop)
{
    /// <summary>The sums of a file.</summary>
    public InspectedHashes Hash(string path, bool isSafetensors) => FileHashes.Of(path, isSafetensors, IsAsked, OnHashed, Stop);
}
