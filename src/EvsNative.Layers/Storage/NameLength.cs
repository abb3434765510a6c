using System.Text;

namespace EvsNative.Layers;

/// <summary>Names that a file system takes.</summary>
internal static class NameLength
{
    /// <summary>Longest name, bytes of UTF-8: what nearly every disk takes. Windows counts 255 letters, which is never less.</summary>
    public const int MostBytes = 255;

    /// <summary>A name from a stem and an ending; of a stem that is too long its end is cut off, between two letters.</summary>
    public static string Fit(string stem, string ending) => Cut(stem, MostBytes - Encoding.UTF8.GetByteCount(ending)) + ending;

    /// <summary>The first letters of a name that take no more than some bytes.</summary>
    public static string Cut(string name, int bytes)
    {
        int length = 0;
        foreach (var letter in name.EnumerateRunes())
        {
            bytes -= letter.Utf8SequenceLength;
            if (bytes < 0) break;
            length += letter.Utf16SequenceLength;
        }

        return name[..length];
    }
}
