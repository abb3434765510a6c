using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>Textual inversions as people have them.</summary>
public sealed class EmbeddingFileTests : IDisposable
{
    private const int Width = 64;

    private readonly TemporaryFolder _folder = new();
    private readonly List<Notice> _notices = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("moody.safetensors", "emb_params", 2, "moody")]
    [InlineData("moody.pt", "string_to_param.*", 3, "moody")]
    [InlineData("moody.v2.pt", "string_to_param.*", 1, "moody.v2")]
    [InlineData("moody.pt", "string_to_param._parameters.*", 1, "moody")]
    [InlineData("<grain>.bin", "<grain>", 0, "<grain>")]
    [InlineData("moody.safetensors", "clip_l", 2, "moody")]
    public void A_file_brings_its_name_as_a_word(string file, string tensor, int vectors, string word)
    {
        Save(file, (tensor, vectors == 0 ? [Width] : [vectors, Width]));
        var read = Assert.Single(Read(file));
        Assert.Equal(word, Assert.Single(read.Names));
        Assert.Equal((Math.Max(1, vectors), Math.Max(1, vectors) * Width), (read.Count, read.Values.Length));
        Assert.Equal(Values(read.Values.Length), read.Values);
        Assert.Empty(_notices);
        Assert.Equal(["dark"], Assert.Single(Read(file, "dark")).Names);
    }

    /// <summary>As A1111's web UI and diffusers write them with torch.save, today's layout and that of before 1.6.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pickles_of_both_programs_are_read(bool isLegacy)
    {
        var tensor = new TorchTensor("*", [3, Width], Values(3 * Width));
        var webUi = new Dictionary<string, object?>
        {
            ["string_to_token"] = new Dictionary<string, object?> { ["*"] = 265 },
            ["string_to_param"] = new Dictionary<string, object?> { ["*"] = tensor },
            ["name"] = "gloomy",
            ["step"] = 500,
            ["sd_checkpoint_name"] = null,
        };
        Write("moody.pt", webUi);
        Write("learned_embeds.bin", new Dictionary<string, object?> { ["<cat-toy>"] = new TorchTensor("x", [Width], Values(Width)) });
        WordVectors first = Assert.Single(Read("moody.pt")), second = Assert.Single(Read("learned_embeds.bin"));
        Assert.Equal(Values(3 * Width), first.Values);
        Assert.Equal(Values(Width), second.Values);
        Assert.Equal(["moody", "learned_embeds", "<cat-toy>"], first.Names.Concat(second.Names));
        Assert.Contains("the file calls it 'gloomy'", _notices[0].Message, StringComparison.Ordinal);

        void Write(string file, object content)
        {
            if (isLegacy) TorchFiles.WriteLegacy(_folder[file], content);
            else TorchFiles.WriteZip(_folder[file], content);
        }
    }

    [Fact]
    public void Another_word_inside_is_told_and_works_if_it_is_marked_as_one()
    {
        Save("learned_embeds.bin", ("<cat-toy>", [Width]));
        Save("mine.pt", ("string_to_param.cat", [1, Width]));
        Assert.Equal(["learned_embeds", "<cat-toy>"], Assert.Single(Read("learned_embeds.bin")).Names);
        Assert.Equal(["mine"], Assert.Single(Read("mine.pt")).Names);
        Assert.Equal([NoticeCode.Assumed, NoticeCode.Assumed], _notices.Select(notice => notice.Code));
        string[] ends =
        [
            "its word in prompts is 'learned_embeds'; the file calls it '<cat-toy>', which works too",
            "its word in prompts is 'mine'; the file calls it 'cat', give it with mine.pt:WORD if it is to be that",
        ];
        Assert.All(_notices, (notice, i) => Assert.EndsWith(ends[i], notice.Message, StringComparison.Ordinal));
    }

    /// <summary>As diffusers and the hub's libraries of concepts keep them.</summary>
    [Fact]
    public void A_folder_is_the_file_of_the_usual_name_or_the_only_one()
    {
        Save("cat/learned_embeds.bin", ("emb_params", [1, Width]));
        Save("cat/learned_embeds-step-500.bin", ("emb_params", [2, Width]));
        Assert.Equal(1, Assert.Single(Read("cat", "cat")).Count);
        Save("moody/mood.safetensors", ("emb_params", [3, Width]));
        _folder.Write("moody/README.md", "x"u8);
        Assert.Equal(["mood"], Assert.Single(Read("moody")).Names);
        Assert.Empty(_notices);
        Save("moody/other.safetensors", ("emb_params", [3, Width]));
        var several = Assert.Throws<InputException>(() => Read("moody"));
        Assert.Contains("(mood.safetensors, other.safetensors): give the path of one", several.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Equal(InputCode.NotFound, Assert.Throws<InputException>(() => Read("empty")).Code);
    }

    [Fact]
    public void Several_words_have_their_own_names()
    {
        Save("two.safetensors", ("<s0>", [Width]), ("<s1>", [2, Width]));
        Assert.Equal(["<s0>", "<s1>"], Read("two.safetensors").Select(word => Assert.Single(word.Names)));
        var e = Assert.Throws<InputException>(() => Read("two.safetensors", "both"));
        Assert.Equal(InputCode.Conflict, e.Code);
        Assert.Contains("holds 2 words ('<s0>', '<s1>')", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_encoders_vectors_the_first_ones_are_used()
    {
        Save("xl.safetensors", ("clip_l", [2, Width]), ("clip_g", [2, 1280]));
        Assert.Equal(2, Assert.Single(Read("xl.safetensors")).Count);
        Assert.Equal(NoticeCode.Unused, Assert.Single(_notices).Code);
        Assert.Contains("SDXL's two text encoders", _notices[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("emb_params", 1024, 1, InputCode.Mismatch, "for Stable Diffusion 2's text encoder, which has 1024 numbers a word; this")]
    [InlineData("clip_g", 1280, 1, InputCode.Mismatch, "SDXL's second text encoder")]
    [InlineData("x", 768, 1, InputCode.Mismatch, "Stable Diffusion 1's")]
    [InlineData("x", 96, 1, InputCode.Mismatch, "a textual inversion has 96 numbers a word")]
    [InlineData("emb_params", 64, 76, InputCode.TooLarge, "a textual inversion of 76 vectors; a prompt's chunk has room for 75")]
    [InlineData("lora_unet_x.lora_up.weight", 64, 4, InputCode.WrongKind, "a textual inversion is needed: give it with --lora")]
    public void What_does_not_fit_is_named(string tensor, int width, int vectors, InputCode code, string said)
    {
        Save("x.safetensors", (tensor, [vectors, width]));
        var e = Assert.Throws<InputException>(() => Read("x.safetensors"));
        Assert.Equal(code, e.Code);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder["x.safetensors"], e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_numbers_that_are_none_and_files_of_other_kinds_are_refused()
    {
        File.WriteAllBytes(_folder["x.png"], [0x89, .. "PNG\r\n"u8, 0x1A, .. "\n0123456789"u8]);
        Refused("x.png", InputCode.Unsupported, "hides in pictures");
        SafetensorsFile(("emb_params", [1, Width]), float.NaN);
        Refused("nan.safetensors", InputCode.NotFinite, "not finite");
        Save("many.safetensors", [.. Enumerable.Range(0, 100).Select(i => ($"w{i}", new long[] { 8, 8 }))]);
        Refused("many.safetensors", InputCode.WrongKind, "a file of 100 tensors of no kind known here");
        Save("odd.safetensors", ("a", [Width]), ("b", [Width, 8]));
        Refused("odd.safetensors", InputCode.WrongKind, "no kind known here");
        Refused("nowhere.pt", InputCode.NotFound, "nowhere.pt");

        void SafetensorsFile((string Name, long[] Shape) tensor, float value) => SafetensorsWriter.Save(
            _folder["nan.safetensors"], [(tensor.Name, tensor.Shape, [.. Enumerable.Repeat(value, Width)])]);

        void Refused(string file, InputCode code, string said)
        {
            var e = Assert.Throws<InputException>(() => Read(file));
            Assert.Equal(code, e.Code);
            Assert.Contains(said, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_without_vectors_is_refused()
    {
        Save("a.safetensors", ("string_to_param.*", [0, Width]));
        var e = Assert.Throws<InputException>(() => Read("a.safetensors"));
        Assert.Contains("without vectors", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_may_stand_behind_its_folder_and_one_that_stands_nowhere_is_told()
    {
        Save("moody-v1.2.safetensors", ("emb_params", [2, Width]));
        var words = new PromptWords(10, Read("moody-v1.2.safetensors"));
        string[] texts = ["embedding:moody-v1.2", "embedding:dark/moody-v1.2.safetensors", @"embedding:a\b\Moody-v1.2", "x moody-v1.2"];
        foreach (string text in texts)
        {
            Assert.Equal([10, 11], words.Split(text).SelectMany(part => part.Rows));
            Assert.DoesNotContain(words.Split(text), part => part.Text.Contains("embedding", StringComparison.Ordinal));
            Assert.Empty(PromptNotices.Unwritten(["a", $"({text}:1.2)"], words));
        }

        var told = Assert.Single(PromptNotices.Unwritten(["moody", ""], words));
        Assert.Equal(NoticeCode.Unused, told.Code);
        Assert.Contains("'moody-v1.2'", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_files_with_one_word_are_refused()
    {
        Save("a.safetensors", ("emb_params", [1, Width]));
        Save("b.safetensors", ("emb_params", [1, Width]));
        EmbeddingChoice[] choices = [new(_folder["a.safetensors"], "Moody"), new(_folder["b.safetensors"], "moody")];
        var e = Assert.Throws<InputException>(() => EmbeddingFiles.Read(choices, new ClipConfig(HiddenSize: Width)));
        Assert.Equal(InputCode.Conflict, e.Code);
    }

    /// <summary>From the file to what the networks attend to: the rows of the table are the vectors, on a dry device too.</summary>
    [Fact]
    public void A_model_reads_prompts_with_the_new_word()
    {
        Save("moody.safetensors", ("emb_params", [2, Width]));
        string folder = Repository.File("weights", "evs-tiny");
        using var plain = ModelParts.Open(new ModelRequest(folder) { NeedsMotion = false });
        using var parts = ModelParts.Open(
            new ModelRequest(folder) { NeedsMotion = false, Embeddings = [new EmbeddingChoice(_folder["moody.safetensors"])] });
        Assert.Equal((604, 606), (plain.TextEncoder.Config.VocabularySize, parts.TextEncoder.Config.VocabularySize));
        using (var dry = Device.Open(new DeviceOptions(Backend.Null))) EvsNetworks.Load(dry, parts);

        using var d = Device.Open();
        var store = new WeightStore(d, parts.TextEncoder.Weights);
        var encoder = new PromptEncoder(parts.Tokenizer, new ClipTextEncoder(store.Root, parts.TextEncoder.Config), parts.Words);
        store.Verify();
        var rows = store.Root.Table("text_model.embeddings.token_embedding.weight", 606, Width);
        Assert.Equal(Values(2 * Width), d.Download(rows)[(604 * Width)..]);
        float[] Encode(string prompt) => d.Download(encoder.Encode(d, prompt, "").Positive.Runs[0].Words);
        Assert.Equal(Encode("a moody sea"), Encode("a embedding:Moody.safetensors sea"));
        Assert.NotEqual(Encode("a moody sea"), Encode("a mood sea"));

        var plainStore = new WeightStore(d, plain.TextEncoder.Weights);
        var without = new PromptEncoder(plain.Tokenizer, new ClipTextEncoder(plainStore.Root, plain.TextEncoder.Config));
        Assert.Equal(d.Download(without.Encode(d, "a red sea", "").Positive.Runs[0].Words), Encode("a red sea"));
    }

    private IReadOnlyList<WordVectors> Read(string file, string? word = null) =>
        EmbeddingFile.Read(new EmbeddingChoice(_folder[file], word), Width, _notices.Add);

    private void Save(string file, params (string Name, long[] Shape)[] tensors) => SafetensorsWriter.Save(
        _folder[file], tensors.Select(tensor => (tensor.Name, tensor.Shape, Values((int)tensor.Shape.Aggregate(1L, (a, b) => a * b)))));

    private static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => 0.01f * (i + 1))];
}
