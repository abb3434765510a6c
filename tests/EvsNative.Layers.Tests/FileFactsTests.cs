using System.Text;

namespace EvsNative.Layers.Tests;

/// <summary>What a file is that is no safetensors file: a kind that code can read, with a sentence that says what to do.</summary>
public sealed class FileFactsTests
{
    [Theory]
    [InlineData(new byte[] { (byte)'P', (byte)'K', 3, 4, 0, 0, 0, 0, 0, 0, 0, 0 }, "Zip", "needed")]
    [InlineData(new byte[] { 0x80, 2, (byte)'}', (byte)'q', 0, (byte)'X', 0, 0, 0, 0, 0, 1 }, "Pickle", "torch.load")]
    [InlineData(new byte[] { 0x80, 4, 0x95, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, "Pickle", "torch.load")]
    [InlineData(new byte[] { (byte)'G', (byte)'G', (byte)'U', (byte)'F', 3, 0, 0, 0, 1, 0, 0, 0 }, "Gguf", "llama.cpp")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2 }, "Gzip", "unpack")]
    [InlineData(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13 }, "Png", "needed")]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 74, 70, 73, 70, 0, 1 }, "Jpeg", "needed")]
    [InlineData(new byte[] { (byte)'G', (byte)'I', (byte)'F', (byte)'8', 57, 97, 1, 0, 1, 0 }, "Gif", "needed")]
    [InlineData(new byte[] { 82, 73, 70, 70, 8, 0, 0, 0, (byte)'W', (byte)'E', (byte)'B', (byte)'P' }, "WebP", "needed")]
    [InlineData(new byte[] { 82, 73, 70, 70, 8, 0, 0, 0, (byte)'A', (byte)'V', (byte)'I', (byte)' ' }, "Video", "needed")]
    [InlineData(new byte[] { 0x1A, 0x45, 0xDF, 0xA3, 1, 0, 0, 0, 0, 0, 0 }, "Video", "needed")]
    [InlineData(new byte[] { (byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 0, 0 }, "Picture", "needed")]
    [InlineData(new byte[] { 0, 0, 0, 32, (byte)'f', (byte)'t', (byte)'y', (byte)'p', 97, 118, 105, 102 }, "Picture", "needed")]
    [InlineData(new byte[] { 0, 0, 0, 32, (byte)'f', (byte)'t', (byte)'y', (byte)'p', 1, 2, 3, 4 }, "Video", "needed")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "Zeros", "download it again")]
    [InlineData(new byte[] { 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 0, 0, 0, 0 }, "NumPy", "needed")]
    [InlineData(new byte[] { 200, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, "Unknown", "506097522914230728")]
    [InlineData(new byte[] { 8, 0, 0 }, "TooShort", "3 bytes")]
    [InlineData(new byte[0], "Empty", "download it again")]
    [InlineData(new byte[] { (byte)'f', (byte)'t', (byte)'r', (byte)'t', 1, 0, 0, 0, 0, 0, 0, 0 }, "TensorRt", "safetensors file of")]
    [InlineData(new byte[] { 8, 7, 0x12, 7, 112, 121, 116, 111, 114, 99, 104, 0x1A, 5 }, "Onnx", "safetensors file of the same")]
    [InlineData(new byte[] { 8, 8, 0x3A, 0xC4, 0x1F, 10, 2, 8, 1, 2 }, "Onnx", "safetensors file of the same")]
    [InlineData(new byte[] { 0x89, (byte)'H', (byte)'D', (byte)'F', 13, 10, 26, 10, 0, 0, 0 }, "Hdf5", "Keras")]
    [InlineData(new byte[] { 0x84, 0xA7, 99, 111, 110, 118, 95, 105, 110, 0x82, 0xA4 }, "Msgpack", "Flax")]
    [InlineData(new byte[] { 0xDE, 0, 20, 0xD9, 3, 97, 98, 99, 0x82, 0xA4, 1 }, "Msgpack", "Flax")]
    [InlineData(new byte[] { 0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0, 4, 1, 1, 1 }, "Archive", "unpack")]
    [InlineData(new byte[] { (byte)'R', (byte)'a', (byte)'r', (byte)'!', 26, 7, 1, 0, 1, 1, 1 }, "Archive", "unpack")]
    [InlineData(new byte[] { (byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C, 0, 4, 1, 1, 1 }, "Archive", "unpack")]
    [InlineData(new byte[] { (byte)'l', (byte)'m', (byte)'g', (byte)'g', 1, 0, 0, 0, 1, 1, 1 }, "Ggml", "llama.cpp")]
    [InlineData(new byte[] { 0x1C, 0, 0, 0, (byte)'T', (byte)'F', (byte)'L', (byte)'3', 0, 0, 1 }, "TfLite", "safetensors file of")]
    public void The_first_bytes_tell_the_kind(byte[] start, string kind, string advice)
    {
        var facts = FileFacts.Of(start, start.Length);
        Assert.Equal(kind, facts.Kind.ToString());
        Assert.Contains(advice, string.Join('\n', facts.Details.Prepend(facts.Sentence)), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', facts.Sentence);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 3438167534\n", "GitLfsPointer", "git lfs pull")]
    [InlineData("<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>", "HtmlPage", "download the file itself")]
    [InlineData("\n  <html lang=\"en\"><body>404</body></html>", "HtmlPage", "download the file itself")]
    [InlineData("{\"error\": \"Repository not found\"}", "Json", "give the file of weights")]
    [InlineData("A photo of a cat, drawn with a crayon – naïve, but friendly.\n", "PlainText", "needed")]
    public void So_does_text(string text, string kind, string advice) =>
        The_first_bytes_tell_the_kind(Encoding.UTF8.GetBytes(text), kind, advice);

    [Fact]
    public void A_file_that_is_whole_is_of_the_wrong_kind_and_one_that_is_not_is_damaged()
    {
        FileKind[] broken = [FileKind.Unknown, FileKind.Empty, FileKind.TooShort, FileKind.Zeros];
        foreach (var kind in Enum.GetValues<FileKind>())
            Assert.Equal(broken.Contains(kind) ? InputCode.Damaged : InputCode.WrongKind, new FileFacts(kind, 100, 0).Code);
    }

    [Fact]
    public void Every_kind_has_a_sentence_of_its_own()
    {
        var kinds = Enum.GetValues<FileKind>();
        Assert.Equal(kinds.Length, kinds.Select(kind => new FileFacts(kind, 100, 0).Sentence).Distinct().Count());
        // The name of the file comes before it, and a line has 300 characters.
        Assert.All(kinds, kind => Assert.InRange(new FileFacts(kind, long.MaxValue, ulong.MaxValue).Sentence.Length, 1, 200));
    }
}
