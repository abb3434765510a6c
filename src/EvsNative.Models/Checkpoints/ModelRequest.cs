using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>Which model a run is to use: the files that its parts come from, and what is merged into them.</summary>
/// <param name="Model">a folder in the diffusers layout, a checkpoint in one file, or a name in a hub's cache</param>
public sealed record ModelRequest(string Model)
{
    /// <summary>Motion modules, file or folder; the model's own if absent.</summary>
    public string? Motion { get; init; }

    /// <summary>What the motion modules are; recognised if absent.</summary>
    public MotionKind? MotionKind { get; init; }

    /// <summary>False for runs of the image model alone, which need no motion modules.</summary>
    public bool NeedsMotion { get; init; } = true;

    /// <summary>An autoencoder to use in place of the model's own, file or folder.</summary>
    public string? Vae { get; init; }

    /// <summary>A vocabulary to use in place of the model's own, file or folder.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>False where no prompt will be read: the model may lack a vocabulary.</summary>
    public bool NeedsTokenizer { get; init; } = true;

    /// <summary>LoRAs to merge, in this order.</summary>
    public IReadOnlyList<LoraChoice> Loras { get; init; } = [];

    /// <summary>Threads that merge LoRAs; 0 takes as many as the process may use.</summary>
    public int Threads { get; init; }

    /// <summary>New words for prompts.</summary>
    public IReadOnlyList<EmbeddingChoice> Embeddings { get; init; } = [];
}
