using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>A checkpoint without a vocabulary, and all the places where people have one.</summary>
public sealed class TokenizerSearchTests : IDisposable
{
    private const int Rows = 1000;
    private const string Commit = "1111111111111111111111111111111111111111";

    private readonly TemporaryFolder _folder = new();
    private readonly List<Notice> _told = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.safetensors", "")]
    [InlineData("x.safetensors", "tokenizer/")]
    [InlineData("models/unet/x.safetensors", "models/tokenizer/")]
    [InlineData("ComfyUI/models/checkpoints/x.safetensors", "ComfyUI/comfy/sd1_tokenizer/")]
    [InlineData("ComfyUI/models/checkpoints/sd15/x.safetensors", "ComfyUI/comfy/sd1_tokenizer/")]
    [InlineData("stable-diffusion-webui/models/Stable-diffusion/x.ckpt",
        "stable-diffusion-webui/venv/lib/python3.10/site-packages/open_clip/bpe_simple_vocab_16e6.txt.gz")]
    [InlineData("stable-diffusion-webui/models/Stable-diffusion/x.ckpt",
        "stable-diffusion-webui/venv/Lib/site-packages/clip/bpe_simple_vocab_16e6.txt.gz")]
    [InlineData("portable/ComfyUI/models/checkpoints/x.ckpt",
        "portable/python_embeded/Lib/site-packages/open_clip/bpe_simple_vocab_16e6.txt.gz")]
    [InlineData("forge/models/Stable-diffusion/x.ckpt", "forge/backend/huggingface/runwayml/stable-diffusion-v1-5/tokenizer/")]
    [InlineData("x.ckpt", "HUB openai--clip-vit-large-patch14")]
    [InlineData("x.ckpt", "HUB openai--clip-vit-large-patch14 tokenizer.json")]
    [InlineData("x.ckpt", "HUB stable-diffusion-v1-5--stable-diffusion-v1-5 tokenizer/")]
    [InlineData("x.ckpt", "HUB Lykon--DreamShaper tokenizer/")]
    [InlineData("x.ckpt", "python/lib/python3.12/site-packages/open_clip/bpe_simple_vocab_16e6.txt.gz")]
    [InlineData("x.ckpt", "python/lib/python3/dist-packages/open_clip/bpe_simple_vocab_16e6.txt.gz")]
    public void A_vocabulary_is_found_where_programs_have_it(string checkpoint, string place)
    {
        if (place.StartsWith("HUB ", StringComparison.Ordinal))
        {
            string[] words = place.Split(' ');
            place = $"hub/models--{words[1]}/snapshots/{Commit}/{(words.Length > 2 ? words[2] : "")}";
        }

        Put(place, Rows);
        Assert.Equal(Rows, Open(checkpoint).VocabularySize);
        var notice = Assert.Single(_told);
        Assert.Equal(NoticeCode.Assumed, notice.Code);
        Assert.Contains(place.TrimEnd('/').Split('/')[^1], notice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_nearest_that_fits_is_taken()
    {
        Put("tokenizer/", Rows + 1);
        Put("comfy/sd1_tokenizer/", Rows);
        Put("python/lib/python3.12/site-packages/clip/bpe_simple_vocab_16e6.txt.gz", 900);
        Assert.Equal(Rows, Open("x.safetensors").VocabularySize);
        Assert.Contains("sd1_tokenizer", Assert.Single(_told).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_is_a_link_has_two_neighbourhoods()
    {
        string file = _folder.Write("ComfyUI/models/checkpoints/x.safetensors", "x"u8);
        File.CreateSymbolicLink(_folder["mine/x.safetensors"], file);
        Put("ComfyUI/comfy/sd1_tokenizer/", Rows);
        Assert.Equal(Rows, Open("mine/x.safetensors").VocabularySize);
    }

    [Theory]
    [InlineData("elsewhere/vocab.json")]
    [InlineData("elsewhere")]
    [InlineData("elsewhere/bpe.gz")]
    public void What_is_named_comes_first(string given)
    {
        Put("tokenizer/", 900);
        Put(given.EndsWith(".gz", StringComparison.Ordinal) ? given : "elsewhere/", 700);
        Assert.Equal(700, Open("x.safetensors", Path.Combine(_folder.Path, given)).VocabularySize);
        Assert.Empty(_told);
        Assert.Throws<InputException>(() => Open("x.safetensors", Path.Combine(_folder.Path, "absent")));
    }

    [Fact]
    public void Of_the_folder_of_a_model_its_own_is_taken_without_a_word()
    {
        Put("m/tokenizer/", Rows);
        Assert.Equal(Rows, Open("m").VocabularySize);
        Assert.Empty(_told);
    }

    [Fact]
    public void Where_there_is_none_the_line_says_how_to_get_one()
    {
        var e = Assert.Throws<InputException>(() => Open("x.safetensors"));
        Assert.Equal(InputCode.NotGiven, e.Code);
        Assert.EndsWith(
            "--tokenizer, or fetch it: evsnative pull clip-tokenizer", e.Message, StringComparison.Ordinal);
        Assert.Empty(e.Details);
        Put("tokenizer/", Rows + 7);
        File.WriteAllText(_folder["merges.txt"], "no pair at all\n");
        File.WriteAllText(_folder["vocab.json"], "{}");
        e = Assert.Throws<InputException>(() => Open("x.safetensors"));
        Assert.Contains(e.Details, line => line.Contains($"a vocabulary of {Rows + 7} tokens", StringComparison.Ordinal));
        Assert.Equal(2, e.Details.Count);
    }

    private ClipTokenizer Open(string model, string? given = null)
    {
        var places = new TokenizerPlaces(new HubCache(Path.Combine(_folder.Path, "hub")), [Path.Combine(_folder.Path, "python")]);
        return TokenizerSearch.Open(Path.Combine(_folder.Path, model), given, Rows, _told, places);
    }

    /// <summary>A vocabulary in the form that the name of its place tells.</summary>
    private void Put(string place, int size)
    {
        var files = FormulaVocabulary.Make(size);
        string path = _folder[place];
        if (path.EndsWith(".gz", StringComparison.Ordinal))
        {
            File.WriteAllText(path, $"#version: 0.2\n{string.Join('\n', files.Merges)}\n");
        }
        else if (path.EndsWith(".json", StringComparison.Ordinal))
        {
            var model = new { vocab = files.Vocabulary, merges = files.Merges };
            File.WriteAllText(path, System.Text.Json.JsonSerializer.Serialize(new { model }));
        }
        else
        {
            Directory.CreateDirectory(path);
            files.Write(path);
        }
    }
}
