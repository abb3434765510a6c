using System.IO.Compression;
using System.Text;
using System.Text.Unicode;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// CLIP's vocabulary as OpenAI published it: <c>bpe_simple_vocab_16e6.txt.gz</c>, or unpacked. The file holds merges alone, a pair on a
/// line below a line that tells the version; ids follow from their order: the 256 bytes, the 256 bytes at the end of a word, a token for
/// each merge, begin and end. It holds more merges than CLIP has tokens for: the first 48,894 count. Source: openai/CLIP,
/// simple_tokenizer.py.
/// </summary>
internal static class OpenAiVocabulary
{
    /// <summary>Merges of CLIP's 49,408 tokens.</summary>
    public const int MostMerges = 49408 - 512 - 2;

    /// <summary>Names that such files go by.</summary>
    public static readonly string[] Names = ["bpe_simple_vocab_16e6.txt.gz", "bpe_simple_vocab_16e6.txt"];

    /// <summary>Understands a file of this form.</summary>
    /// <param name="content">text, packed by gzip or not</param>
    /// <param name="origin">where it comes from, for messages</param>
    /// <exception cref="InputException">it is not packed text, unpacks to more than any text does, or holds no merges</exception>
    public static ClipTokenizerFiles Parse(byte[] content, string origin)
    {
        byte[] text = IsPacked(content) ? Unpack(content, origin) : content;
        if (!Utf8.IsValid(text)) throw VocabularyRules.Broken(origin, "it is not UTF-8 text");
        return Of(Merges(text), origin);
    }

    /// <summary>Whether a file begins as gzip's do.</summary>
    public static bool IsPacked(ReadOnlySpan<byte> content) => content.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    /// <summary>The vocabulary that follows from merges.</summary>
    public static ClipTokenizerFiles Of(IReadOnlyList<string> merges, string origin)
    {
        var ids = new Dictionary<string, int>(merges.Count + 514);
        // CLIP's ids follow the symbols, not the bytes that they stand for.
        foreach (char symbol in ClipTokenizerFiles.ByteSymbols().Order()) Add($"{symbol}");
        foreach (char symbol in ClipTokenizerFiles.ByteSymbols().Order()) Add($"{symbol}{ClipTokenizer.WordEnd}");
        foreach (string merge in merges)
        {
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0) throw VocabularyRules.NoPair(origin, InputText.Quote(merge));
            Add(merge.Remove(space, 1));
        }

        Add(ClipTokenizer.Begin);
        Add(ClipTokenizer.End);
        return new ClipTokenizerFiles(ids, merges, origin);

        void Add(string token)
        {
            if (!ids.TryAdd(token, ids.Count)) throw VocabularyRules.Broken(origin, $"two merges make {InputText.Quote(token)}");
        }
    }

    /// <summary>The lines below the version, as many as count.</summary>
    private static List<string> Merges(ReadOnlySpan<byte> text)
    {
        var merges = new List<string>();
        bool isFirst = true;
        while (!text.IsEmpty && merges.Count < MostMerges)
        {
            int end = text.IndexOf((byte)'\n');
            string line = Encoding.UTF8.GetString(end < 0 ? text : text[..end]).Trim(' ', '\t', '\r', '\uFEFF');
            text = end < 0 ? [] : text[(end + 1)..];
            if (line.Length > 0 && !(isFirst && line.Contains("#version", StringComparison.Ordinal))) merges.Add(line);
            isFirst = false;
        }

        return merges;
    }

    /// <summary>The packed text up to the last line that counts; a few bytes can be packed to stand for gigabytes.</summary>
    private static byte[] Unpack(byte[] content, string origin)
    {
        long most = Math.Min(
            ((long)content.Length * InputLimits.UnpackingFactor) + InputLimits.UnpackingBytes, InputLimits.VocabularyBytes);
        try
        {
            using var packed = new MemoryStream(content);
            using var unpacking = new GZipStream(packed, CompressionMode.Decompress);
            using var text = new MemoryStream();
            byte[] buffer = new byte[1 << 14];
            for (int lines = 0; lines <= MostMerges + 1;)
            {
                int read = unpacking.Read(buffer);
                if (read == 0)
                {
                    // The framework takes a stream that is cut off for one that ends; its last bytes tell its length.
                    bool isWhole = content.Length > sizeof(uint) && BitConverter.ToUInt32(content.AsSpan()[^sizeof(uint)..]) == text.Length;
                    return isWhole ? text.ToArray() : throw new InvalidDataException("cut off");
                }

                if (text.Length + read > most)
                {
                    throw new InputException(
                        InputCode.TooLarge,
                        $"{origin}: {content.Length} bytes of gzip unpack to more than {most}, which no vocabulary does: check the file");
                }

                text.Write(buffer, 0, read);
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
            }

            return text.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new InputException(InputCode.Damaged, $"{origin}: the gzip is damaged or cut off: download it again", cause: e);
        }
    }
}
