using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Adapters;

namespace EvsNative.Models;

/// <summary>
/// LoRAs and their relatives, opened and held against the networks that they change: each tensor finds its module, and its shape fits.
/// Nothing but names, shapes and single numbers is read; the networks' weights are changed when they are read.
/// </summary>
internal sealed class LoraMerge
{
    private const int NamesShown = 3, NameLength = 60;
    private const string Wanted = "a LoRA for Stable Diffusion 1.5 is needed", MotionModules = "motion_modules";

    private readonly Dictionary<(ModelPart Part, string Tensor), List<WeightChange>> _changes = [];
    private readonly List<Notice> _notices = [];
    private readonly ModelPart<UNetConfig> _unet;
    private readonly bool _hasMotion;
    private readonly RankUpdate _update;

    private LoraMerge(ModelPart<UNetConfig> unet, bool hasMotion, RankUpdate update) =>
        (_unet, _hasMotion, _update) = (unet, hasMotion, update);

    /// <summary>What was left out or assumed.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <summary>Opens LoRAs for these networks.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="loras">which, in the order in which they are merged</param>
    /// <param name="threads">threads that merge; 0 takes as many as the process may use</param>
    /// <param name="unet">the image model's denoiser</param>
    /// <param name="others">the other networks that LoRAs change: text encoder and motion modules</param>
    /// <exception cref="InputException">one is no LoRA, for another model, or of a form that is not merged</exception>
    public static LoraMerge Open(
        WeightFiles files, IReadOnlyList<LoraChoice> loras, int threads, ModelPart<UNetConfig> unet, params IEnumerable<ModelPart?> others)
    {
        ModelPart[] parts = [unet, .. others.OfType<ModelPart>()];
        var update = new RankUpdate(threads);
        files.Own(update);
        var merge = new LoraMerge(unet, parts.Any(part => part.Kind == ModelPartKind.MotionAdapter), update);
        if (loras.Count == 0) return merge;
        var names = new ModuleNames(parts);
        foreach (var lora in loras) merge.Add(LoraFile.Open(files, ModelPath.Resolve(lora.Path, told: merge._notices)), lora, names);
        return merge;
    }

    /// <summary>A network with what the LoRAs change in it; itself if they change nothing.</summary>
    public ModelPart<TConfig> Applied<TConfig>(ModelPart<TConfig> part)
    {
        var own = _changes.Where(change => change.Key.Part == part).ToDictionary(change => change.Key.Tensor, change => change.Value);
        return own.Count == 0 ? part : part.With(new MergedWeights(part.Weights, own, _update));
    }

    private void Add(LoraFile file, LoraChoice lora, ModuleNames names)
    {
        if (file.Keys.Count == 0)
        {
            var facts = CheckpointReader.Read(file.Tensors);
            string advice = CheckpointAdvice.Option(facts) is { } option and not "--lora" ? $", and this goes with {option}" : "";
            throw new InputException(InputCode.WrongKind, $"{file.Path}: {facts.Sentence}: {Wanted}{advice}");
        }

        if (LoraFamilies.Other(file, _unet.Config.CrossAttentionDim) is { } family)
            throw new InputException(InputCode.Mismatch, $"{file.Path}: a LoRA for {family}, the model is of another family: {Wanted}");
        var modules = new Dictionary<(ModelPart Part, string Module), LoraModule>();
        var homeless = new List<string>(file.Unknown);
        foreach (var (name, key) in file.Keys)
        {
            if (names.Find(key.Module) is not { } place)
            {
                homeless.Add(name);
                continue;
            }

            if (!modules.TryGetValue(place, out var module))
                modules[place] = module = new LoraModule(file, $"{place.Part.Kind}/{InputText.Name(place.Module)}", key.Module);
            module.Add(key.Role, name);
        }

        foreach (var (place, module) in modules.Where(entry => entry.Value.Idle.Any()).ToList())
        {
            homeless.AddRange(module.Idle);
            modules.Remove(place);
        }

        if (modules.Count == 0) throw NothingFits(file);
        if (homeless.Count > 0) _notices.Add(new Notice(NoticeCode.Unused, Homeless(file, homeless)));
        if (file.Alphas.Assumption is { } line) _notices.Add(new Notice(NoticeCode.Assumed, $"{file.Path}: {line}"));
        foreach (var (place, module) in modules)
        {
            double strength = place.Part.Kind == ModelPartKind.TextEncoder ? lora.TextStrength ?? lora.Strength : lora.Strength;
            var weights = place.Part.Weights;
            string weight = $"{place.Module}.weight", bias = $"{place.Module}.bias";
            Keep(place.Part, weight, module.OfWeight(weights.FindShape(weight, [])!, strength));
            Keep(place.Part, bias, module.OfBias(weights.FindShape(bias, []), strength));
        }
    }

    private void Keep(ModelPart part, string tensor, IEnumerable<WeightChange> changes)
    {
        foreach (var change in changes)
        {
            if (!_changes.TryGetValue((part, tensor), out var list)) _changes[(part, tensor)] = list = [];
            list.Add(change);
        }
    }

    private InputException NothingFits(LoraFile file)
    {
        string example = InputText.Name(file.Keys[0].Name, NameLength);
        bool isOfMotion = file.Keys.Any(key => key.Name.Contains(MotionModules, StringComparison.Ordinal));
        return isOfMotion && !_hasMotion
            ? new InputException(
                InputCode.Conflict, $"{file.Path}: a LoRA for motion modules, and this run has none: leave it out, or use another --mode")
            : new InputException(
                InputCode.Mismatch, $"{file.Path}: none of its {file.Count} tensors has a place in this model ({example} ...): {Wanted}");
    }

    private static string Homeless(LoraFile file, List<string> names)
    {
        var first = names.Order(StringComparer.Ordinal).Take(NamesShown);
        string shown = string.Join(", ", first.Select(name => InputText.Name(name, NameLength)));
        string more = names.Count > NamesShown ? ", ..." : "";
        return $"{file.Path}: {names.Count} of {file.Count} tensors have no place in this model and are left out: {shown}{more}";
    }
}
