using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// A file of textual inversion: one tensor [n,D] or [D], or several, each a word. A1111's web UI writes it as
/// <c>string_to_param.*</c>, its kin and trainers as <c>emb_params</c>, diffusers under the word itself, and those for two text encoders as
/// <c>clip_l</c> and <c>clip_g</c>.
/// </summary>
internal static class EmbeddingFile
{
    private const string Parameters = "string_to_param", FirstEncoder = "clip_l", SecondEncoder = "clip_g";

    /// <summary>What diffusers calls every such file.</summary>
    private const string UsualStem = "learned_embeds";

    /// <summary>Names of tensors that are no words; a tensor that stands alone in a pickle is called "tensor" here.</summary>
    private static readonly string[] NoWords = ["", "*", "_parameters.*", "tensor"];

    /// <summary>Reads a file, or that of a folder as diffusers saves it.</summary>
    /// <param name="choice">the file or folder, and perhaps its word</param>
    /// <param name="width">numbers that the text encoder has for a word</param>
    /// <param name="notice">told of what was assumed or left out</param>
    /// <exception cref="InputException">it is missing, damaged, of another kind, or for another model</exception>
    public static IReadOnlyList<WordVectors> Read(EmbeddingChoice choice, int width, Action<Notice> notice)
    {
        var found = new List<Notice>();
        string path = InFolder(ModelPath.Resolve(choice.Path, told: found));
        found.ForEach(notice);
        RefusePicture(path);
        using var file = TensorFile.Open(path);
        var tensors = Tensors(file, width, notice);
        string stem = Path.GetFileNameWithoutExtension(path);
        if (choice.Word is { } wanted && tensors.Count > 1)
        {
            string all = string.Join(", ", tensors.Take(5).Select(tensor => InputText.Quote(tensor.Own)));
            throw new InputException(
                InputCode.Conflict, $"{path}: holds {tensors.Count} words ({all}), so it cannot have the one word "
                + $"{InputText.Quote(wanted)}: give the file alone");
        }

        return
        [
            .. tensors.Select(tensor =>
                Vectors(file, tensor.Tensor, tensors.Count > 1 ? [tensor.Own] : Words(choice, path, stem, tensor.Own, notice))),
        ];
    }

    /// <summary>The file of a folder: the one of the usual name, or the only file of weights.</summary>
    private static string InFolder(string path)
    {
        if (!Directory.Exists(path)) return path;
        string[] found = ModelSource.WeightsIn(path);
        string? usual = Array.Find(found, file => Path.GetFileName(file) is $"{UsualStem}.safetensors" or $"{UsualStem}.bin");
        if (usual is not null) return usual;
        return found.Length > 0 ? ModelSource.TheOnly(path, found) : throw new InputException(
            InputCode.NotFound, $"{path}: a folder without a textual inversion in it ({UsualStem}.safetensors): give the path of the file");
    }

    /// <summary>
    /// The words in prompts: the one that was given; else the file's name, and the word inside where it is marked as one, as
    /// &lt;cat-toy&gt; is. A plain word inside is only told, since it may be any word of a language.
    /// </summary>
    private static IReadOnlyList<string> Words(
        EmbeddingChoice choice, string path, string stem, string own, Action<Notice> notice)
    {
        if (choice.Word is { } given) return [given];
        if (NoWords.Contains(own) || own.Equals(stem, StringComparison.OrdinalIgnoreCase)) return [stem];
        bool isMarked = own.Length > 2 && own[0] == '<' && own[^1] == '>';
        string end = isMarked ? "which works too" : $"give it with {InputText.Name(Path.GetFileName(path))}:WORD if it is to be that";
        notice(new Notice(
            NoticeCode.Assumed,
            $"{path}: its word in prompts is {InputText.Quote(stem)}; the file calls it {InputText.Quote(own)}, {end}"));
        return isMarked ? [stem, own] : [stem];
    }

    private static WordVectors Vectors(TensorFile file, StoredTensor tensor, IReadOnlyList<string> words)
    {
        float[] values = file.Values(tensor.Name);
        if (!values.All(float.IsFinite))
        {
            throw new InputException(
                InputCode.NotFinite,
                $"{file.Origin}: {InputText.Quote(tensor.Name)} holds numbers that are not finite: its training failed, or it is damaged");
        }

        return new WordVectors(words, values, tensor.Shape.Count == 1 ? 1 : (int)tensor.Shape[0], file.Origin);
    }

    /// <summary>The tensors of words, each with the name that the file has for it.</summary>
    private static IReadOnlyList<(StoredTensor Tensor, string Own)> Tensors(TensorFile file, int width, Action<Notice> notice)
    {
        var all = file.Tensors.Values.Where(IsOfWords).ToList();
        var named = all.Where(tensor => tensor.Name.StartsWith($"{Parameters}.", StringComparison.Ordinal)).ToList();
        if (named.Count > 0) return [.. named.Select(tensor => (Fitting(file, tensor, width), OwnWord(file, tensor)))];
        if (all.Find(tensor => tensor.Name == "emb_params") is { } only) return [(Fitting(file, only, width), "")];
        if (all.Find(tensor => tensor.Name == FirstEncoder) is { } first)
        {
            if (all.Exists(tensor => tensor.Name == SecondEncoder))
            {
                Fitting(file, first, width);
                notice(new Notice(
                    NoticeCode.Unused,
                    $"{file.Origin}: made for SDXL's two text encoders: its part for the first one is used, {SecondEncoder} is not"));
            }

            return [(Fitting(file, first, width), "")];
        }

        var facts = CheckpointReader.Read(file);
        bool isOfWords = facts.Kind is CheckpointKind.Unknown or CheckpointKind.TextualInversion
            && all.Count == file.Tensors.Count && all.Count is > 0 and <= InputLimits.NewWords
            && all.TrueForAll(tensor => tensor.Shape[^1] == all[0].Shape[^1]);
        if (isOfWords) return [.. all.Select(tensor => (Fitting(file, tensor, width), tensor.Name))];
        if (facts.Kind == CheckpointKind.TextualInversion)
            throw new InputException(InputCode.Damaged, $"{file.Origin}: a textual inversion without vectors of numbers: get another");
        string advice = CheckpointAdvice.Option(facts) is { } option ? $": give it with {option}" : "";
        throw new InputException(InputCode.WrongKind, $"{file.Origin}: {facts.Sentence}, where a textual inversion is needed{advice}");
    }

    /// <summary>A1111's web UI calls the tensor * and writes the word beside it.</summary>
    private static string OwnWord(TensorFile file, StoredTensor tensor)
    {
        string own = tensor.Name[(Parameters.Length + 1)..];
        return NoWords.Contains(own) && file.Metadata.GetValueOrDefault("name") is { } name ? name : own;
    }

    private static bool IsOfWords(StoredTensor tensor) =>
        tensor.Shape.Count is 1 or 2 && tensor.Count > 0
        && tensor.Type is StoredType.F8E4M3 or StoredType.F8E5M2 or StoredType.F16 or StoredType.BF16 or StoredType.F32 or StoredType.F64;

    private static long Rows(StoredTensor tensor) => tensor.Shape.Count == 1 ? 1 : tensor.Shape[0];

    private static StoredTensor Fitting(TensorFile file, StoredTensor tensor, int width)
    {
        if (tensor.Shape[^1] != width)
        {
            string model = tensor.Shape[^1] switch
            {
                768 => " Stable Diffusion 1's or for SDXL's first text encoder,",
                1024 => " Stable Diffusion 2's text encoder,",
                1280 => " SDXL's second text encoder,",
                4096 => " the T5 of Stable Diffusion 3 or Flux,",
                _ => "",
            };
            string whose = model.Length > 0 ? $" made for{model} which has" : " has";
            throw new InputException(
                InputCode.Mismatch,
                $"{file.Origin}: a textual inversion{whose} {tensor.Shape[^1]} numbers a word; this model's text encoder has {width}: "
                + "take the one for this kind of model");
        }

        if (Rows(tensor) <= InputLimits.WordVectors) return tensor;
        throw new InputException(
            InputCode.TooLarge,
            $"{file.Origin}: a textual inversion of {Rows(tensor)} vectors; a prompt's chunk has room for {InputLimits.WordVectors}");
    }

    /// <summary>A1111's web UI hides textual inversions in pictures.</summary>
    private static void RefusePicture(string path)
    {
        using var handle = OrdinaryFile.Open(path);
        byte[] start = new byte[FileKinds.StartBytes];
        int read;
        try
        {
            read = RandomAccess.Read(handle, start, 0);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }

        if (FileKinds.Of(start.AsSpan(0, read), RandomAccess.GetLength(handle))
            is not (FileKind.Png or FileKind.Jpeg or FileKind.WebP or FileKind.Picture)) return;
        throw new InputException(
            InputCode.Unsupported,
            $"{path}: a picture: textual inversions that A1111's web UI hides in pictures are not read: take the .pt or .safetensors file");
    }
}
