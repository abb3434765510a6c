using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// What lies in a checkpoint beside the tensors of its networks. Tables that every checkpoint has and each program computes are passed
/// over; the rest is said in a line, since it may be what somebody counts on.
/// </summary>
internal static class UnusedTensors
{
    private const int Examples = 2, LongestName = 40;

    /// <summary>The schedule of the training, the ends of CLIP that Stable Diffusion does without (models.md 4.1, 9.2).</summary>
    private static readonly string[] Tables =
    [
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod",
        "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod", "posterior_variance",
        "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2", "lvlb_weights", "logvar", "scale_factor",
        "logit_scale", "text_projection", "text_projection.weight", "position_ids",
    ];

    /// <summary>Parts of names that tell what something is, in the order in which they are looked for.</summary>
    private static readonly (string Part, string Words)[] Groups =
    [
        ("model_ema.", "averages of a training (model_ema)"), ("lora_", "of a LoRA (--lora)"), ("loss.", "of a training (loss)"),
        ("control_model.", "of a ControlNet"), ("safety_checker.", "of a safety checker"),
        ("embedding_manager.", "of a textual inversion"), ("optimizer", "of a training (optimizer)"),
    ];

    /// <summary>True for what any checkpoint may have and no run misses.</summary>
    public static bool IsTable(string name) =>
        Array.Exists(Tables, table => name.EndsWith(table, StringComparison.Ordinal)
            && (name.Length == table.Length || name[^(table.Length + 1)] == '.'))
        || name.Contains(".vision_model.", StringComparison.Ordinal) || name.Contains(".visual_projection.", StringComparison.Ordinal);

    /// <summary>The names of a file that none of its networks has, without the tables, in order.</summary>
    /// <param name="file">the file</param>
    /// <param name="isUsed">whether a network has a tensor of this name</param>
    public static IReadOnlyList<string> Of(IWeightFile file, Func<string, bool> isUsed) =>
        [.. file.Names.Where(name => !IsTable(name) && !isUsed(name)).Order(StringComparer.Ordinal)];

    /// <summary>A line about them; null if there are none.</summary>
    public static Notice? Notice(string origin, IReadOnlyList<string> names)
    {
        if (names.Count == 0) return null;
        var groups = names.GroupBy(Group).OrderByDescending(group => group.Key.Length > 0).ThenByDescending(group => group.Count());
        string list = string.Join(", ", groups.Select(group => group.Key.Length > 0
            ? $"{group.Count()} {group.Key}"
            : $"{group.Count()} of no network ({Shown(group)})"));
        return new Notice(NoticeCode.Unused, $"{origin}: tensors not used: {list}");
    }

    private static string Group(string name) =>
        Groups.FirstOrDefault(group => name.Contains(group.Part, StringComparison.Ordinal)).Words ?? "";

    private static string Shown(IEnumerable<string> names)
    {
        string[] list = [.. names];
        string shown = string.Join(", ", list.Take(Examples).Select(name => InputText.Name(name, LongestName)));
        return shown + (list.Length > Examples ? ", ..." : "");
    }
}
