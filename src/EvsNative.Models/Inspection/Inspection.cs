using System.Text.Json;

namespace EvsNative.Models;

/// <summary>What a file or folder is. The names of the properties are those of the JSON object that scripts read, and stay.</summary>
/// <param name="Path">as it was given</param>
/// <param name="Is">what it is, as "a Stable Diffusion 1 checkpoint"</param>
/// <param name="Kind">the same for programs: "checkpoint", "lora", "html-page", "folder"</param>
public sealed record Inspection(string Path, string Is, string Kind)
{
    /// <summary>Where the path leads, if that is not what was given: the place in a hub's cache.</summary>
    public string? Location { get; init; }

    /// <summary>The file's format: "safetensors"; null for folders and for what is no file of weights.</summary>
    public string? Format { get; init; }

    /// <summary>The family of models: "stable-diffusion1"; null where it has none.</summary>
    public string? Family { get; init; }

    /// <summary>Whose names the tensors have: "diffusers", "single-file"; null where that is not known.</summary>
    public string? Layout { get; init; }

    /// <summary>How the model differs from the plain one: "inpainting"; null if it does not.</summary>
    public string? Variant { get; init; }

    /// <summary>How family and kind are known: "tensors", "metadata", "config", "path"; null where nothing is.</summary>
    public string? Evidence { get; init; }

    /// <summary>How motion modules want to be sampled, a word of --motion-kind; null for anything else.</summary>
    public string? Motion { get; init; }

    /// <summary>Whether this program does something with it.</summary>
    public bool IsUsable { get; init; }

    /// <summary>What it goes with, or what to do instead: a line.</summary>
    public string Use { get; init; } = "";

    /// <summary>Why it cannot be used, if it looks as if it could; null if nothing is wrong.</summary>
    public InspectedFault? Fault { get; init; }

    /// <summary>Bytes of the file, or of all files of weights that are taken of a folder.</summary>
    public long Bytes { get; init; }

    /// <summary>Tensors in it.</summary>
    public int Tensors { get; init; }

    /// <summary>Numbers in all tensors.</summary>
    public long Numbers { get; init; }

    /// <summary>The types in which they are stored, the one with most bytes first.</summary>
    public IReadOnlyList<InspectedType> Types { get; init; } = [];

    /// <summary>The networks inside, and what else a model's folder holds.</summary>
    public IReadOnlyList<InspectedPart> Parts { get; init; } = [];

    /// <summary>What would not be read of it.</summary>
    public IReadOnlyList<InspectedGroup> Unused { get; init; } = [];

    /// <summary>What its writer said; long texts are cut.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Words that a LoRA's training used most, the most frequent first.</summary>
    public IReadOnlyList<InspectedWord> TriggerWords { get; init; } = [];

    /// <summary>Sums over its bytes; null where there is no file.</summary>
    public InspectedHashes? Hashes { get; init; }

    /// <summary>What would be said when it is used: assumptions, what is left out.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Files of weights in a folder that is no model's.</summary>
    public IReadOnlyList<InspectedEntry> Contents { get; init; } = [];

    /// <summary>The tensors, where they were asked for; null otherwise.</summary>
    public IReadOnlyList<InspectedTensor>? TensorList { get; init; }
}

/// <summary>Tensors of one type.</summary>
/// <param name="Type">the type's word: "F16"</param>
/// <param name="Tensors">how many</param>
/// <param name="Numbers">numbers in them</param>
/// <param name="Bytes">their bytes</param>
public sealed record InspectedType(string Type, int Tensors, long Numbers, long Bytes);

/// <summary>A network, or another part of a model.</summary>
/// <param name="Part">its name: "unet", "tokenizer"</param>
/// <param name="Is">what it is</param>
public sealed record InspectedPart(string Part, string Is)
{
    /// <summary>The file that is taken; null for what is no file of its own.</summary>
    public string? Path { get; init; }

    /// <summary>Tensors in it.</summary>
    public int Tensors { get; init; }

    /// <summary>Numbers in all tensors.</summary>
    public long Numbers { get; init; }

    /// <summary>The types in which they are stored.</summary>
    public IReadOnlyList<InspectedType> Types { get; init; } = [];

    /// <summary>Sizes, in the words of config.json; found from the tensors where there is none. Null for what has none.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>Sums over the file's bytes, where they were asked for.</summary>
    public InspectedHashes? Hashes { get; init; }

    /// <summary>Why it cannot be used; null if nothing is wrong.</summary>
    public InspectedFault? Fault { get; init; }
}

/// <summary>Tensors that would not be read.</summary>
/// <param name="What">what they are</param>
/// <param name="Tensors">how many</param>
/// <param name="Bytes">their bytes</param>
/// <param name="Example">the name of one</param>
public sealed record InspectedGroup(string What, int Tensors, long Bytes, string Example);

/// <summary>A word of a training.</summary>
/// <param name="Word">the word, or words that stood together</param>
/// <param name="Count">pictures that it stood beside</param>
public sealed record InspectedWord(string Word, long Count);

/// <summary>Why something cannot be used.</summary>
/// <param name="Code">the word of an <see cref="Layers.InputCode"/></param>
/// <param name="Message">one line</param>
/// <param name="Details">further lines</param>
public sealed record InspectedFault(string Code, string Message, IReadOnlyList<string> Details);

/// <summary>A file in a folder.</summary>
/// <param name="Name">its name</param>
/// <param name="Is">what it is</param>
/// <param name="Kind">the same for programs</param>
/// <param name="Bytes">its bytes</param>
public sealed record InspectedEntry(string Name, string Is, string Kind, long Bytes);

/// <summary>A tensor.</summary>
/// <param name="Name">its name</param>
/// <param name="Type">the type's word</param>
/// <param name="Shape">its dimensions</param>
/// <param name="Bytes">its bytes</param>
public sealed record InspectedTensor(string Name, string Type, IReadOnlyList<long> Shape, long Bytes);

/// <summary>Sums over a file's bytes, in hexadecimal digits, as sites that keep models and programs that run them give them.</summary>
/// <param name="AutoV1">8 digits of the SHA-256 of 64 KB from the second megabyte on: "model hash" of older programs</param>
/// <param name="Sha256">64 digits over the whole file; null where it was not asked for and the file is large</param>
/// <param name="DataSha256">
/// 64 digits over a safetensors file's numbers, behind its header: equal for files that differ in metadata alone; null as the other
/// </param>
public sealed record InspectedHashes(string AutoV1, string? Sha256, string? DataSha256)
{
    /// <summary>The first 10 digits of <see cref="Sha256"/>: the short hash of model sites.</summary>
    public string? AutoV2 => Sha256?[..10];

    /// <summary>The first 12 digits of <see cref="DataSha256"/>: the hash of LoRAs.</summary>
    public string? AutoV3 => DataSha256?[..12];
}
