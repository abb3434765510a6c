namespace EvsNative.Layers;

/// <summary>Text from files, tools and systems, made fit for a line of an error message.</summary>
public static class InputText
{
    private const int LongestName = 160;

    /// <summary>A name from a file: control characters become question marks, what is too long is cut.</summary>
    public static string Name(string name, int most = LongestName) =>
        string.Concat(name.Take(most).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)) + (name.Length > most ? "..." : "");

    /// <summary>The same between quotation marks.</summary>
    public static string Quote(string name) => $"'{Name(name)}'";

    /// <summary>The text with its line breaks made spaces.</summary>
    public static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
