namespace EvsNative.Layers;

/// <summary>
/// How a checkpoint calls the four projections of an attention, and whether those of q, k and v have biases. The last one always has.
/// </summary>
/// <param name="Query">makes q</param>
/// <param name="Key">makes k</param>
/// <param name="Value">makes v</param>
/// <param name="Out">joins the heads</param>
/// <param name="HasBias">biases on q, k and v</param>
public sealed record ProjectionNames(string Query, string Key, string Value, string Out, bool HasBias)
{
    /// <summary>Under which q, k and v stand one behind the other as one layer; null where each has its own.</summary>
    public string? Joint { get; init; }

    /// <summary>U-Net and motion modules.</summary>
    public static ProjectionNames UNet { get; } = new("to_q", "to_k", "to_v", "to_out.0", HasBias: false);

    /// <summary>The autoencoder's middle block.</summary>
    public static ProjectionNames Vae { get; } = UNet with { HasBias = true };

    /// <summary>Vision transformers in the names of timm.</summary>
    public static ProjectionNames Timm { get; } = new("q", "k", "v", "proj", HasBias: true) { Joint = "qkv" };

    /// <summary>The text encoder, and SigLIP's transformer.</summary>
    public static ProjectionNames Clip { get; } = new("q_proj", "k_proj", "v_proj", "out_proj", HasBias: true);
}
