using System.Text.RegularExpressions;

namespace EvsNative.Models.Adapters;

/// <summary>The name of a LoRA's tensor, taken apart: which module it changes, in the file's words, and what it is to the change.</summary>
/// <param name="Module">the module's path as the file spells it, without the words of the format around it</param>
/// <param name="Role">what the tensor is</param>
internal readonly partial record struct LoraKey(string Module, LoraRole Role)
{
    /// <summary>Endings of names. Where one ends with another, the longer comes first.</summary>
    private static readonly (string Ending, LoraRole Role)[] Endings =
    [
        // kohya's scripts, LyCORIS, ComfyUI
        (".lora_down.weight", LoraRole.Down), (".lora_up.weight", LoraRole.Up), (".lora_mid.weight", LoraRole.Middle),
        (".lora_down", LoraRole.Down), (".lora_up", LoraRole.Up), (".lora_up.bias", LoraRole.UpBias),
        // PEFT
        (".lora_A.weight", LoraRole.Down), (".lora_B.weight", LoraRole.Up), (".lora_B.bias", LoraRole.UpBias),
        (".lora_A", LoraRole.Down), (".lora_B", LoraRole.Up),
        // diffusers in its order of time, AnimateDiff
        ("_lora.down.weight", LoraRole.Down), ("_lora.up.weight", LoraRole.Up), ("_lora.alpha", LoraRole.Alpha),
        (".lora.down.weight", LoraRole.Down), (".lora.up.weight", LoraRole.Up), (".lora.alpha", LoraRole.Alpha),
        (".lora_layer.down.weight", LoraRole.Down), (".lora_layer.up.weight", LoraRole.Up), (".lora_layer.alpha", LoraRole.Alpha),
        (".lora_linear_layer.down.weight", LoraRole.Down), (".lora_linear_layer.up.weight", LoraRole.Up),
        (".lora_linear_layer.alpha", LoraRole.Alpha),
        (".alpha", LoraRole.Alpha), (".scale", LoraRole.Scale),
        // whole differences, of norms too
        (".diff", LoraRole.Difference), (".diff_b", LoraRole.BiasDifference),
        (".w_norm", LoraRole.Difference), (".b_norm", LoraRole.BiasDifference),
        // LoHa
        (".hada_w1_a", LoraRole.Hadamard1A), (".hada_w1_b", LoraRole.Hadamard1B), (".hada_t1", LoraRole.Hadamard1Core),
        (".hada_w2_a", LoraRole.Hadamard2A), (".hada_w2_b", LoraRole.Hadamard2B), (".hada_t2", LoraRole.Hadamard2Core),
        // LoKr
        (".lokr_w1", LoraRole.Kronecker1), (".lokr_w1_a", LoraRole.Kronecker1A), (".lokr_w1_b", LoraRole.Kronecker1B),
        (".lokr_w2", LoraRole.Kronecker2), (".lokr_w2_a", LoraRole.Kronecker2A), (".lokr_w2_b", LoraRole.Kronecker2B),
        (".lokr_t2", LoraRole.Kronecker2Core),
    ];

    /// <summary>What stands in the names of adapters that are no sums, or are too rare.</summary>
    private static readonly (string Ending, string Form)[] NotMerged =
    [
        (".dora_scale", "DoRA"), (".lora_magnitude_vector", "DoRA"), (".lora_magnitude_vector.weight", "DoRA"),
        (".oft_blocks", "OFT"), (".oft_diag", "OFT"), (".oft_r", "OFT"), (".oft_R", "OFT"), (".oft_R.weight", "OFT"),
        (".boft_R", "BOFT"), (".boft_s", "BOFT"), (".on_input", "IA3"), (".ia3_l", "IA3"),
        (".a1.weight", "GLoRA"), (".b1.weight", "GLoRA"), (".vera_lambda_b", "VeRA"), (".vera_lambda_d", "VeRA"),
        (".lokr_t1", "LoKr with two cores"), (".reshape_weight", "reshaping LoRA"), (".bias_indices", "LoRA with sparse biases"),
        (".set_weight", "adapter that replaces weights"),
        (":up", "LoRA of the first format, without names of modules"), (":down", "LoRA of the first format, without names of modules"),
    ];

    /// <summary>The parts of a name; null if it is none of a LoRA's.</summary>
    public static LoraKey? Parse(string name)
    {
        string plain = AdapterName().Replace(name, "$1$2");
        foreach (var (ending, role) in Endings)
        {
            if (plain.Length > ending.Length && plain.EndsWith(ending, StringComparison.Ordinal))
                return new LoraKey(Unwrapped(plain[..^ending.Length]), role);
        }

        return null;
    }

    /// <summary>What an adapter is called that is not merged here; null if the name tells of none.</summary>
    public static string? FormNotMerged(string name)
    {
        string plain = AdapterName().Replace(name, "$1$2");
        return Array.Find(NotMerged, row => plain.EndsWith(row.Ending, StringComparison.Ordinal)).Form;
    }

    /// <summary>Words that frameworks put between a module and what it holds.</summary>
    private static string Unwrapped(string module) =>
        module.Replace(".processor.", ".", StringComparison.Ordinal).Replace("_orig_mod.", "", StringComparison.Ordinal);

    /// <summary>PEFT's name of an adapter in the middle: <c>lora_A.default.weight</c>.</summary>
    [GeneratedRegex(@"(\.lora_(?:A|B|magnitude_vector))\.[^.]+(\.(?:weight|bias))$", RegexOptions.CultureInvariant)]
    private static partial Regex AdapterName();
}
