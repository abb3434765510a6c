using System.Text;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// Clips that were named one by one, by folders of clips, or by lists: text files (.txt) with the path of a clip in each line.
/// </summary>
public sealed class ClipList
{
    private const string ListEnding = ".txt";
    private const int MostClips = 1_000_000;

    /// <summary>Some editors begin a text with it.</summary>
    private const char ByteOrderMark = '\uFEFF';


    private readonly List<string> _clips = [];
    private readonly List<Notice> _notices = [];

    private ClipList() { }

    /// <summary>The clips, in order.</summary>
    public IReadOnlyList<string> Clips => _clips;

    /// <summary>What was passed over.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <summary>Finds the clips.</summary>
    /// <param name="paths">videos, folders of frames, patterns of their names, folders of these, lists</param>
    /// <exception cref="InputException">a folder or a list cannot be read, or names no clips</exception>
    public static ClipList Of(IEnumerable<string> paths)
    {
        var list = new ClipList();
        foreach (string path in paths)
        {
            int before = list._clips.Count;
            if (Directory.Exists(path)) list.AddFolder(path);
            else if (Path.GetExtension(path).Equals(ListEnding, StringComparison.OrdinalIgnoreCase)) list.AddLines(path);
            else list._clips.Add(path);
            if (list._clips.Count > before) continue;
            throw new InputException(
                InputCode.WrongKind,
                $"{path} names no clips: give videos, folders of frames, a folder of these, or a list with a path in each line");
        }

        return list;
    }

    /// <summary>A folder of frames is a clip, any other one is full of clips.</summary>
    private void AddFolder(string path)
    {
        if (IsClip(path))
        {
            _clips.Add(path);
            return;
        }

        string[] entries;
        try
        {
            entries = [.. Directory.EnumerateFileSystemEntries(path).Where(entry => !Path.GetFileName(entry).StartsWith('.'))];
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }

        bool IsOne(string entry) => Directory.Exists(entry) ? IsClip(entry) : OutputNames.IsVideo(entry);
        _clips.AddRange(entries.Where(IsOne).Order(NaturalOrder.Instance));
        string[] others = [.. entries.Where(entry => !IsOne(entry)).Order(NaturalOrder.Instance)];
        if (others.Length == 0) return;
        string are = others.Length == 1 ? "is no clip" : "are no clips";
        _notices.Add(new Notice(NoticeCode.Dropped, $"{path}: {FrameNames.List(others)} {are}"));
    }

    private void AddLines(string path)
    {
        byte[] bytes = OrdinaryFile.ReadAll(path, InputLimits.VocabularyBytes, "a list of clips");
        string text = Encoding.UTF8.GetString(bytes).TrimStart(ByteOrderMark);
        string[] lines = [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        if (lines.Length > MostClips)
            throw new InputException(InputCode.TooLarge, $"{path} has more than {MostClips} lines: cut it into several lists");
        _clips.AddRange(lines);
    }

    private static bool IsClip(string folder) =>
        !folder.EndsWith(RunFolder.Ending, StringComparison.Ordinal) && FrameNames.FilesOf(folder).Any(file =>
            Path.GetExtension(file).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" or ".webp");
}
