namespace EvsNative.Layers;

/// <summary>Text from files, tools and systems, made fit for a line of an error message.</summary>
public static class InputText
{
    /// <summary>The text with its line breaks made spaces.</summary>
    public static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
