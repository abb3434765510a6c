using System.Text.RegularExpressions;

namespace EvsNative.Models;

/// <summary>
/// The modules of networks by every name that adapters call them: diffusers' and the original Stable Diffusion's, with dots or with
/// underscores in their place, with the words that trainers put before. A name with underscores cannot be split into its parts; so all
/// names are known beforehand and looked up.
/// </summary>
internal sealed partial class ModuleNames
{
    private const string Weight = ".weight", ListOut = ".to_out.0", TextPrefix = "text_model.";

    /// <summary>Words before the name of a module, taken off one by one until it is known.</summary>
    private static readonly string[] Prefixes =
    [
        "base_model_", "model_", "module_", "state_dict_", "lora_", "lycoris_", "unet_", "te_", "te1_", "text_encoder_", "text_encoders_",
        "clip_l_", "diffusion_model_", "cond_stage_model_", "transformer_",
    ];

    private static readonly (string Ours, string Old)[] TextProjections =
        [(".q_proj", ".to_q"), (".k_proj", ".to_k"), (".v_proj", ".to_v"), (".out_proj", ".to_out")];

    private static readonly (string Ours, string Original)[] MotionParts =
    [
        (".attn1.", ".attention_blocks.0."), (".attn2.", ".attention_blocks.1."), (".norm1", ".norms.0"), (".norm2", ".norms.1"),
        (".norm3", ".ff_norm"),
    ];

    private readonly Dictionary<string, (ModelPart Part, string Module)> _byName = [];
    private readonly Dictionary<string, (ModelPart Part, string Module)>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    /// <summary>The modules of these networks: all that have a weight.</summary>
    public ModuleNames(IEnumerable<ModelPart> parts)
    {
        foreach (var part in parts)
        {
            var single = part is ModelPart<UNetConfig> { Config: var sizes }
                ? NetworkLayers.UNet(sizes.LayersPerBlock, sizes.UpHasAttention)
                : null;
            foreach (string name in part.Weights.Names.Where(name => name.EndsWith(Weight, StringComparison.Ordinal)))
            {
                string module = name[..^Weight.Length];
                foreach (string spelling in Spellings(part.Kind, module, single?.ToOriginal(name)?[..^Weight.Length]))
                    _byName.TryAdd(Flat(spelling), (part, module));
            }
        }

        _bySpan = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The network and the module, in its own words, that an adapter's name means; null if there is none.</summary>
    public (ModelPart Part, string Module)? Find(string name)
    {
        var rest = Flat(name).AsSpan();
        while (true)
        {
            if (_bySpan.TryGetValue(rest, out var found)) return found;
            int length = 0;
            foreach (string prefix in Prefixes)
                if (rest.StartsWith(prefix, StringComparison.Ordinal)) length = Math.Max(length, prefix.Length);
            if (length == 0) return null;
            rest = rest[length..];
        }
    }

    private static string Flat(string name) => name.Replace('.', '_');

    private static IEnumerable<string> Spellings(ModelPartKind kind, string module, string? single)
    {
        yield return module;
        if (module.EndsWith(ListOut, StringComparison.Ordinal)) yield return module[..^2];
        if (single is not null)
        {
            yield return single;
            if (single.EndsWith(ListOut, StringComparison.Ordinal)) yield return single[..^2];
        }

        if (kind == ModelPartKind.TextEncoder)
        {
            foreach (string spelling in Text(module))
            {
                yield return spelling;
                if (spelling.StartsWith(TextPrefix, StringComparison.Ordinal)) yield return spelling[TextPrefix.Length..];
            }
        }

        if (kind == ModelPartKind.MotionAdapter)
        {
            string original = MotionParts.Aggregate(
                MotionModule().Replace(module, "$1.temporal_transformer."),
                (name, part) => name.Replace(part.Ours, part.Original, StringComparison.Ordinal));
            yield return original;
            if (original.EndsWith(ListOut, StringComparison.Ordinal)) yield return original[..^2];
        }
    }

    /// <summary>A module of the text encoder, and the name that diffusers' first LoRAs have for its attention's parts.</summary>
    private static IEnumerable<string> Text(string module)
    {
        yield return module;
        foreach (var (ours, old) in TextProjections)
            if (module.EndsWith(ours, StringComparison.Ordinal)) yield return module[..^ours.Length] + old;
    }

    [GeneratedRegex(@"(motion_modules\.\d+)\.", RegexOptions.CultureInvariant)]
    private static partial Regex MotionModule();
}
