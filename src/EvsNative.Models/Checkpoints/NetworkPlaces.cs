namespace EvsNative.Models;

/// <summary>
/// Finds the networks of an image model in a file by what each of them has, whatever stands before it: files were written by many programs,
/// each with its own prefixes. Each network has the names of the original Stable Diffusion or those of diffusers, by itself. Sources:
/// models.md 2.2, 3.4, 4.1, 9.2.
/// </summary>
internal sealed class NetworkPlaces
{
    private const string OriginalUNet = "input_blocks.0.0.weight", DiffusersUNet = "conv_in.weight";
    private const string TextModel = "text_model.", Words = "embeddings.token_embedding.weight";

    /// <summary>Copies that a training averages have the names of the U-Net's tensors without dots (models.md 9.2).</summary>
    private const string Averages = "model_ema.", AveragedUNet = "model_ema.diffusion_model";

    /// <summary>Words before a network that say that it is another one.</summary>
    private static readonly string[] Others = ["control", "ema.", "ema_", "refiner", "adapter"];

    /// <summary>The usual prefixes, of which the first that is there counts. Others may stand before them.</summary>
    private static readonly string[] OfUNets = ["model.diffusion_model.", "diffusion_model.", "unet.", ""];

    private static readonly string[] OfVaes = ["first_stage_model.", "vae.", ""];

    private static readonly string[] OfTexts =
        ["cond_stage_model.transformer.", "cond_stage_model.", "text_encoder.", "clip_l.transformer.", ""];

    private readonly CheckpointNames _names;

    /// <summary>Looks through the names of a file.</summary>
    public NetworkPlaces(CheckpointNames names)
    {
        _names = names;
        UNet = FindUNet();
        Vae = FindVae();
        TextEncoder = FindText();
    }

    /// <summary>The denoiser.</summary>
    public NetworkPlace? UNet { get; }

    /// <summary>The autoencoder, or a half of it.</summary>
    public NetworkPlace? Vae { get; }

    /// <summary>CLIP's text half.</summary>
    public NetworkPlace? TextEncoder { get; }

    /// <summary>Which of them there are.</summary>
    public CheckpointContents Contents =>
        (UNet is null ? 0 : CheckpointContents.UNet) | (Vae is null ? 0 : CheckpointContents.Vae)
        | (TextEncoder is null ? 0 : CheckpointContents.TextEncoder);

    private NetworkPlace? FindUNet()
    {
        var original = _names.Before(OriginalUNet).Where(prefix => !IsOther(prefix) && !IsControl(prefix));
        if (Best(original, OfUNets) is { } prefix) return new(CheckpointLayout.SingleFile, prefix);
        var diffusers = _names.Before(DiffusersUNet).Where(prefix =>
            !IsOther(prefix) && !prefix.EndsWith("encoder.", StringComparison.Ordinal) && _names.Starts($"{prefix}down_blocks.")
            && !IsControl(prefix));
        if (Best(diffusers, OfUNets) is { } other) return new(CheckpointLayout.Diffusers, other);
        string? averaged = _names.All.FirstOrDefault(name => name.Contains(AveragedUNet, StringComparison.Ordinal));
        if (averaged is null) return null;
        int end = averaged.IndexOf(AveragedUNet, StringComparison.Ordinal) + Averages.Length;
        return new(CheckpointLayout.Averages, averaged[..end]);
    }

    private NetworkPlace? FindVae()
    {
        var halves = _names.Before("decoder.conv_in.weight").Concat(_names.Before("encoder.conv_in.weight"));
        if (Best(halves.Where(prefix => !IsOther(prefix)), OfVaes) is not { } found) return null;
        var layout = _names.Starts($"{found}decoder.up_blocks.", $"{found}decoder.mid_block.", $"{found}encoder.down_blocks.")
            ? CheckpointLayout.Diffusers
            : _names.Starts($"{found}decoder.up.", $"{found}decoder.mid.", $"{found}encoder.down.", $"{found}encoder.mid.")
                ? CheckpointLayout.SingleFile
                : CheckpointLayout.Unknown;
        return new(layout, found);
    }

    private NetworkPlace? FindText()
    {
        string[] whole = [.. _names.Before(TextModel + Words)];
        var bare = _names.Before(Words).Where(prefix => !prefix.EndsWith(TextModel, StringComparison.Ordinal));
        return Best(whole.Length > 0 ? whole : bare, OfTexts) is { } prefix ? new(CheckpointLayout.Diffusers, prefix) : null;
    }

    /// <summary>The prefix that ends with the first usual one there is; among several of those the shortest.</summary>
    private static string? Best(IEnumerable<string> found, string[] usual)
    {
        string[] prefixes = [.. found.Distinct().OrderBy(prefix => prefix.Length).ThenBy(prefix => prefix, StringComparer.Ordinal)];
        bool EndsWith(string prefix, string end) =>
            prefix.EndsWith(end, StringComparison.Ordinal) && (prefix.Length == end.Length || prefix[^(end.Length + 1)] == '.');
        return usual.Select(end => prefixes.FirstOrDefault(prefix => end.Length == 0 || EndsWith(prefix, end)))
            .FirstOrDefault(prefix => prefix is not null);
    }

    private static bool IsOther(string prefix) => Others.Any(word => prefix.Contains(word, StringComparison.Ordinal));

    private bool IsControl(string prefix) =>
        _names.Starts($"{prefix}controlnet_", $"{prefix}zero_convs.", $"{prefix}input_hint_block.");
}
