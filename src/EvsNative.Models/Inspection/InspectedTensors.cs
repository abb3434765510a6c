using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Counts of tensors: by type, and of those that are not read by what they are.</summary>
internal static class InspectedTensors
{
    private static readonly string[] Schedule =
    [
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_", "log_one_minus_", "posterior_", "logvar", "model_sampling.",
    ];

    /// <summary>What is commonly left over in a checkpoint, by words of its names; the first that fits counts.</summary>
    private static readonly (string What, Func<string, bool> Is)[] Groups =
    [
        ("averages of a training (EMA)", name => Has(name, "model_ema.") || Has(name, "ema_model.")),
        ("tables that are computed", ComputedTables.Contains),
        ("the noise schedule of a training", name => Schedule.Any(word => Starts(name, word))),
        ("losses and discriminators of a training", name => Has(name, ".loss.") || Has(name, "discriminator")),
        ("a training's optimizer", name => Has(name, "optimizer") || Has(name, "exp_avg")),
        ("the half of CLIP that sees pictures", name => Has(name, "vision_model.") || Has(name, "visual")),
        ("ends of CLIP that prompts do not use", name => Has(name, "text_projection") || Has(name, "logit_scale")),
    ];

    /// <summary>The types of tensors, the one with most bytes first.</summary>
    public static IReadOnlyList<InspectedType> Types(IEnumerable<StoredTensor> tensors) =>
    [
        .. tensors.GroupBy(tensor => tensor.Type)
            .Select(type => new InspectedType(
                type.Key.Word(), type.Count(), type.Sum(tensor => tensor.Count), type.Sum(tensor => tensor.Bytes)))
            .OrderByDescending(type => type.Bytes).ThenBy(type => type.Type, StringComparer.Ordinal),
    ];

    /// <summary>Tensors that are not read, by what they are.</summary>
    public static IReadOnlyList<InspectedGroup> Unused(IEnumerable<StoredTensor> tensors) =>
    [
        .. tensors.GroupBy(tensor => Groups.FirstOrDefault(group => group.Is(tensor.Name)).What ?? "others")
            .Select(group => new InspectedGroup(
                group.Key, group.Count(), group.Sum(tensor => tensor.Bytes), InputText.Name(group.First().Name)))
            .OrderByDescending(group => group.Bytes).ThenBy(group => group.What, StringComparer.Ordinal),
    ];

    /// <summary>The stored tensors behind the names of a file or of a view of one.</summary>
    public static IReadOnlyList<StoredTensor> Stored(IWeightFile weights) =>
        [.. weights.Names.Select(weights.FindStored).OfType<StoredTensor>()];

    private static bool Has(string name, string word) => name.Contains(word, StringComparison.Ordinal);

    private static bool Starts(string name, string word) => name.StartsWith(word, StringComparison.Ordinal);
}
