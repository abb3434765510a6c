using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// The recipe of a result, as a text that the result carries: a tag of a video, a chunk of a PNG, a comment of a JPEG. What it says is
/// nothing to those who carry it; they know how it begins.
/// </summary>
internal static class RecipeText
{
    /// <summary>How the text begins: JSON whose first word is its format.</summary>
    public const string Mark = "{\"format\":\"evsnative-recipe-";

    /// <summary>What the chunk of a PNG is called.</summary>
    public const string Keyword = "evsnative";

    /// <summary>Most letters that a tag carries: a command line brings it to ffmpeg.</summary>
    public const int MostLetters = 8000;

    /// <summary>Bytes of a picture in which its texts are looked for: they come before its pixels.</summary>
    private const int StartBytes = 1 << 20;

    /// <summary>
    /// Tags that are looked for a free one, the one that players show first: those of a clip are not replaced. ffmpeg carries both through
    /// copies into any container.
    /// </summary>
    private static readonly string[] Names = ["comment", "synopsis"];

    /// <summary>The tag that carries it beside a clip's own tags. Where none is free it stands behind the clip's comment.</summary>
    /// <param name="recipe">the text</param>
    /// <param name="tags">the clip's own</param>
    /// <param name="container">the kind of file: QuickTime has no place for a synopsis</param>
    public static (string Name, string Value) Tag(string recipe, IReadOnlyDictionary<string, string> tags, OutputContainer container)
    {
        var free = Names.Where(name => !tags.Keys.Contains(name, StringComparer.OrdinalIgnoreCase));
        if (container.Muxer == "mov") free = free.Where(name => name == Names[0]);
        if (free.FirstOrDefault() is { } name) return (name, recipe);
        var (own, words) = tags.First(tag => tag.Key.Equals(Names[0], StringComparison.OrdinalIgnoreCase));
        return (own, $"{words}\n{recipe}");
    }

    /// <summary>The recipe in a text; null if there is none.</summary>
    public static string? In(string text) => text.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at ? text[at..] : null;

    /// <summary>A text without the recipe at its end; null if nothing else is in it.</summary>
    public static string? Without(string text) =>
        text.IndexOf(Mark, StringComparison.Ordinal) switch { 0 => null, < 0 => text, var at => text[..at].TrimEnd('\n') };

    /// <summary>The recipe that a video or a picture carries; null if it carries none.</summary>
    /// <param name="file">an ordinary file</param>
    /// <param name="cancellation">ends ffprobe</param>
    /// <exception cref="InputException">it cannot be read, or it may be a video and there is no ffmpeg</exception>
    public static string? Of(string file, CancellationToken cancellation = default)
    {
        byte[] start = Start(file, StartBytes);
        var texts = FileKinds.Of(start.AsSpan(0, Math.Min(start.Length, FileKinds.StartBytes)), start.Length) switch
        {
            FileKind.Png => PngText.In(start),
            FileKind.Jpeg => JpegText.In(start),
            FileKind.Video => EncodedFile.TagsOf(FfmpegTools.Find(), file, cancellation),
            _ => [],
        };
        return texts.Select(In).FirstOrDefault(recipe => recipe is not null);
    }

    /// <summary>The first bytes of a file.</summary>
    /// <exception cref="InputException">it cannot be read</exception>
    public static byte[] Start(string file, int most)
    {
        using var handle = OrdinaryFile.Open(file);
        try
        {
            byte[] start = new byte[Math.Min(RandomAccess.GetLength(handle), most)];
            int filled = 0;
            while (filled < start.Length && RandomAccess.Read(handle, start.AsSpan(filled), filled) is > 0 and var read) filled += read;
            return start[..filled];
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, file);
        }
    }
}
