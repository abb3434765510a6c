using EvsNative.Testing;

namespace EvsNative.Models.Tests.Tokenizer;

/// <summary>
/// CLIP's own vocabulary against ids of transformers' tokenizer. Its files are not in the repository: name their folder (vocab.json and
/// merges.txt of any SD1.5 model's tokenizer) or OpenAI's bpe_simple_vocab_16e6.txt.gz in EVSNATIVE_CLIP_TOKENIZER, or put them into
/// weights/clip-tokenizer.
/// </summary>
public sealed class ClipVocabularyTests
{
    [Theory]
    [InlineData("a photo of a cat", "320 1125 539 320 2368")]
    [InlineData("A girl smiling", "320 1611 9200")]
    [InlineData("bad quality, worst quality, low resolution", "2103 3027 267 5719 3027 267 1042 9977")]
    [InlineData(
        "masterpiece, best quality, 1girl, 8k uhd, f/1.8",
        "12066 267 949 3027 267 272 1611 267 279 330 84 4414 267 325 270 272 269 279")]
    [InlineData(
        "it's the café's naïve façade — 2024!", "585 568 518 15304 568 1097 35689 563 778 10067 1928 2005 273 271 273 275 256")]
    [InlineData("(red:1.3) hair, [blue|green] eyes", "263 736 281 272 269 274 264 2225 267 314 1746 347 1901 316 3095")]
    [InlineData("supercalifragilisticexpialidocious", "1642 2857 13093 2076 5868 26850 835 639 38466")]
    [InlineData("日本語 テスト", "39121 44353 34002 508 2429 228 32421 486")]
    [InlineData("Hello\n\tWORLD  !!!", "3306 1002 995")]
    [InlineData("don't we'll I'm they're", "847 713 649 1342 328 880 889 982")]
    [InlineData("<lora:x:0.8> rocket🚀", "283 2179 320 281 343 281 271 269 279 285 8383 13542")]
    public void Prompts_become_clips_ids(string prompt, string ids)
    {
        string?[] places = [Environment.GetEnvironmentVariable("EVSNATIVE_CLIP_TOKENIZER"), Repository.File("weights", "clip-tokenizer")];
        string? place = places.FirstOrDefault(path => !string.IsNullOrEmpty(path) && Path.Exists(path));
        if (place is null) Assert.Skip("CLIP's vocab.json and merges.txt are not here: set EVSNATIVE_CLIP_TOKENIZER to their place");

        var tokens = new ClipTokenizer(TokenizerFiles.Read(place)).Encode(prompt);
        int[] expected = [49406, .. ids.Split(' ').Select(int.Parse)];
        Assert.Equal([.. expected, .. Enumerable.Repeat(49407, 77 - expected.Length)], tokens.Ids);
    }
}
