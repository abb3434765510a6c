using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>Weights that are to be written anew: what is read, what becomes of it, where it goes.</summary>
/// <param name="Input">a file of weights, the folder of a model or of one network, or a name in a hub's cache</param>
/// <param name="Output">a .safetensors file, or with any other name a folder</param>
public sealed record ConversionRequest(string Input, string Output)
{
    /// <summary>The type of all floating-point numbers; as they are stored if absent. F32, F16 or BF16.</summary>
    public StoredType? Type { get; init; }

    /// <summary>
    /// Whose names the tensors get. If absent: in a folder diffusers'; in a file their own where a file is read, the original's where a
    /// folder is.
    /// </summary>
    public ConversionLayout? Layout { get; init; }

    /// <summary>An autoencoder in place of the model's own.</summary>
    public string? Vae { get; init; }

    /// <summary>A vocabulary in place of the model's own.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>LoRAs that become part of the model, in this order.</summary>
    public IReadOnlyList<LoraChoice> Loras { get; init; } = [];

    /// <summary>What motion modules are; recognised if absent.</summary>
    public MotionKind? MotionKind { get; init; }

    /// <summary>Replace what an earlier conversion has written there. Anything else is never replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Whether a file is to be written, which its ending says.</summary>
    public bool IsToFile => Output.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether numbers change beyond their type, so that the networks must be known.</summary>
    internal bool ChangesNetworks => Loras.Count > 0 || Vae is not null;
}

/// <summary>What was written.</summary>
/// <param name="Output">where it is: the place, or a free name beside it if that was taken meanwhile</param>
/// <param name="What">what it is, as "a Stable Diffusion 1 checkpoint"</param>
/// <param name="Layout">whose names its tensors have</param>
/// <param name="Files">the files, with paths</param>
/// <param name="Tensors">tensors in all of them</param>
/// <param name="Bytes">bytes of all files</param>
/// <param name="Notices">what was left out, assumed or looks wrong</param>
public sealed record ConversionResult(
    string Output,
    string What,
    ConversionLayout Layout,
    IReadOnlyList<string> Files,
    int Tensors,
    long Bytes,
    IReadOnlyList<Notice> Notices);
