using System.Text;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Recipes;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Batch;

/// <summary>
/// The clips of a batch. A file has a JSON object of settings in each line, by the names of the options: clip, prompt, output and any
/// other;
/// they go over what the command line says for all. Of a folder all videos and all folders of frames are taken, in natural order.
/// </summary>
public sealed class BatchList
{
    /// <summary>Most lines of a file.</summary>
    private const int MostJobs = 1_000_000;

    private readonly List<Notice> _notices = [];

    private BatchList(IReadOnlyList<BatchJob> jobs) => Jobs = jobs;

    /// <summary>The clips, in order.</summary>
    public IReadOnlyList<BatchJob> Jobs { get; }

    /// <summary>What was passed over.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <summary>Reads a list. What is wrong in any line is told before anything is done.</summary>
    /// <param name="path">the file or folder</param>
    /// <param name="common">what holds for all: the command line without <c>--batch</c>; its output is the folder of all results</param>
    /// <exception cref="InputException">it cannot be read, holds no clips, or two results would have one place</exception>
    public static BatchList Read(string path, Choices common)
    {
        var list = Directory.Exists(path) ? OfFolder(path, common) : new BatchList(OfFile(path, common));
        if (list.Jobs.Count == 0)
        {
            throw new InputException(
                InputCode.WrongKind, $"{path} names no clips: give a folder of videos, or a file with a line for each clip");
        }

        var taken = new Dictionary<string, BatchJob>(StringComparer.Ordinal);
        foreach (var job in list.Jobs)
        {
            if (taken.TryAdd(Path.TrimEndingDirectorySeparator(Path.GetFullPath(job.Output)), job)) continue;
            string other = taken[Path.TrimEndingDirectorySeparator(Path.GetFullPath(job.Output))].Name;
            throw new InputException(
                InputCode.Conflict,
                $"{path}: the results of {other} and {job.Name} would both be {job.Output}: name another output for one");
        }

        return list;
    }

    /// <summary>Of clips whose results have places of their own.</summary>
    /// <param name="jobs">the clips; numbered from 0</param>
    internal static BatchList Of(IReadOnlyList<BatchJob> jobs) => new(jobs);

    private static List<BatchJob> OfFile(string path, Choices common)
    {
        byte[] bytes = OrdinaryFile.ReadAll(path, InputLimits.VocabularyBytes, "a list of clips");
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        if (lines.Length > MostJobs)
            throw new InputException(InputCode.TooLarge, $"{path} has more than {MostJobs} lines: cut it into several lists");
        List<BatchJob> jobs = [];
        var recipes = new Dictionary<string, Choices>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            string origin = $"{path} line {i + 1}";
            var own = ChoicesJson.Read(lines[i], origin);
            if (own.Said.FirstOrDefault(setting => setting.Group == BatchSettings.Group) is { } wrong)
                throw new InputException(InputCode.Conflict, $"{origin}: {wrong} is of the whole batch: say it on the command line");
            string clip = own.Get(ClipSettings.Clip) ?? throw new InputException(
                InputCode.NotGiven, $"{origin}: there is no clip: write {{ \"clip\": \"fox.mp4\", \"prompt\": \"a fox\" }}");
            jobs.Add(Job(jobs.Count, clip, own, common, recipes));
        }

        return jobs;
    }

    private static BatchList OfFolder(string path, Choices common)
    {
        List<string> clips = [], others = [];
        try
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(path))
            {
                string name = Path.GetFileName(entry);
                if (name.StartsWith('.') || name.EndsWith(Work.RunFolder.Ending, StringComparison.Ordinal)) continue;
                bool isClip = Directory.Exists(entry) ? HasFrames(entry) : OutputNames.IsVideo(name);
                (isClip && !OutputNames.IsResult(name) ? clips : others).Add(entry);
            }
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }

        clips.Sort((a, b) => NaturalOrder.Instance.Compare(Path.GetFileName(a), Path.GetFileName(b)));
        var recipes = new Dictionary<string, Choices>();
        var list = new BatchList(
            [.. clips.Select((clip, i) => Job(i, clip, new Choices().With(ClipSettings.Clip, clip), common, recipes))]);
        if (others.Count > 0)
        {
            string first = InputText.Name(Path.GetFileName(others.Order(StringComparer.Ordinal).First()));
            list._notices.Add(new Notice(
                NoticeCode.Dropped, $"{path}: {others.Count} files and folders are no clips, or results of earlier runs, such as {first}"));
        }

        return list;
    }

    /// <summary>What the recipe of a clip chooses, each recipe read once; nothing where there is none.</summary>
    private static Choices OfRecipe(Choices choices, Dictionary<string, Choices> recipes)
    {
        if (choices.Get(PresetSettings.Recipe) is not { } path) return new Choices();
        if (!recipes.TryGetValue(path, out var chosen)) recipes[path] = chosen = RecipeLayer.Of(choices, new Choices())!.Choices;
        return chosen;
    }

    private static bool HasFrames(string folder)
    {
        string[] endings = [".png", ".jpg", ".jpeg", ".webp"];
        return Directory.EnumerateFiles(folder).Any(file => endings.Contains(Path.GetExtension(file).ToLowerInvariant()));
    }

    private static BatchJob Job(int place, string clip, Choices own, Choices common, Dictionary<string, Choices> recipes)
    {
        var choices = own.Over(common);
        bool isFolder = Directory.Exists(clip);
        var style = OutputSettings.StyleOf(choices.Over(OfRecipe(choices, recipes)));
        string output = own.Get(OutputSettings.Output)
            ?? (common.Get(OutputSettings.Output) is { } folder
                ? Path.Combine(folder, Path.GetFileName(OutputNames.Beside(clip, isFolder, style)))
                : OutputNames.Beside(clip, isFolder, style));
        return new BatchJob(place, clip, choices.With(OutputSettings.Output, output), output);
    }
}
