using EvsNative.Layers;

namespace EvsNative.Pipelines.Work;

/// <summary>
/// The folder of an unfinished run: its recipe, the results of finished units, and in a shared run who is at which unit. It lies beside the
/// output, or where the user says, and goes when the run has ended well.
/// </summary>
/// <param name="path">the folder; it need not be there</param>
public sealed class RunFolder(string path)
{
    /// <summary>How the names of such folders end.</summary>
    public const string Ending = ".evs-run";

    internal const string RecipeName = "run.json";

    private const string UnitEnding = ".unit";

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>True if a run was begun there.</summary>
    public bool IsThere => File.Exists(RecipeFile);

    /// <summary>Bytes of all files in it.</summary>
    public long Bytes => Directory.Exists(Path)
        ? new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
        : 0;

    /// <summary>Results that are kept.</summary>
    public int UnitCount => UnitNames().Count();

    /// <summary>When something was last added.</summary>
    public DateTime Changed => IsThere
        ? new DirectoryInfo(Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Max(entry => entry.LastWriteTimeUtc)
        : default;

    /// <summary>True of a folder from which all was deleted, and that its process could not delete itself any more.</summary>
    internal bool IsEmptied => Path.EndsWith(Ending, StringComparison.Ordinal) && Directory.Exists(Path)
        && !Directory.EnumerateFileSystemEntries(Path).Any();

    internal string Units => System.IO.Path.Combine(Path, "units");

    internal string Workers => System.IO.Path.Combine(Path, "workers");

    internal string Claims => System.IO.Path.Combine(Path, "claims");

    internal string LockFile => System.IO.Path.Combine(Path, "lock");

    /// <summary>Says that the result takes its place: see <see cref="FinishedRun"/>.</summary>
    internal string DoneFile => System.IO.Path.Combine(Path, "done");

    private string RecipeFile => System.IO.Path.Combine(Path, RecipeName);

    /// <summary>The usual place: beside an output, by its name.</summary>
    public static RunFolder Beside(string output)
    {
        var place = OutputPlace.Of(output);
        return new RunFolder(System.IO.Path.Combine(place.Folder, NameLength.Fit(place.Name, Ending)));
    }

    /// <summary>
    /// All runs in a folder and in those two below it; one that has ended well is there only if it was killed in that moment.
    /// </summary>
    public static IEnumerable<RunFolder> In(string folder)
    {
        var deep = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true };
        return Directory.EnumerateDirectories(folder, "*", deep)
            .Select(path => new RunFolder(path)).Where(run => run.IsThere || File.Exists(run.DoneFile) || run.IsEmptied)
            .OrderBy(run => run.Path, StringComparer.Ordinal);
    }

    /// <summary>The recipe of the run that was begun there; null if none was.</summary>
    /// <exception cref="InputException">it cannot be read</exception>
    public RunRecipe? Recipe() =>
        IsThere ? RunRecipe.Read(OrdinaryFile.ReadAll(RecipeFile, InputLimits.JsonBytes, "a recipe"), RecipeFile) : null;

    /// <summary>Makes the folder, with its recipe.</summary>
    /// <exception cref="InputException">it cannot be written</exception>
    internal void Create(RunRecipe recipe) => Attempt(() =>
    {
        foreach (string folder in new[] { Units, Workers, Claims }) Directory.CreateDirectory(folder);
        if (IsThere) return;
        string temporary = System.IO.Path.Combine(Path, $"{RecipeName}.{Guid.NewGuid():N}");
        using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, recipe.ToBytes(), 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(temporary, RecipeFile, overwrite: true);
        FolderFlush.Do(Path);
    });

    /// <summary>The file of a unit's result.</summary>
    internal string UnitPath(string unit) => System.IO.Path.Combine(Units, unit + UnitEnding);

    /// <summary>The units whose results are there, whole or not.</summary>
    internal IEnumerable<string> UnitNames() => Directory.Exists(Units)
        ? Directory.EnumerateFiles(Units, "*" + UnitEnding).Select(file => System.IO.Path.GetFileNameWithoutExtension(file))
        : [];

    /// <summary>Deletes it: what this program put there, and the folder if nothing else is in it.</summary>
    /// <exception cref="InputException">it cannot be deleted</exception>
    public void Delete() => Attempt(() =>
    {
        if (!Directory.Exists(Path)) return;
        // The recipe goes first: what is killed here leaves a folder that is no run. What says that a run has ended well goes last, so that
        // what is left of one is known to be.
        File.Delete(RecipeFile);
        foreach (string folder in new[] { Units, Workers, Claims })
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        foreach (string rest in Directory.EnumerateFiles(Path, RecipeName + ".*")) File.Delete(rest);
        File.Delete(LockFile);
        File.Delete(DoneFile);
        if (!Directory.EnumerateFileSystemEntries(Path).Any()) Directory.Delete(Path);
    });

    /// <summary>Does something with the disk; what fails is told of this folder.</summary>
    internal void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            var fault = StorageFault.Writing(e, Path);
            if (fault.Code != InputCode.DiskFull) throw fault;
            throw new InputException(
                InputCode.DiskFull,
                $"cannot keep work in {Path}: the disk is full: free some space and say the same again, or name another place with --work",
                cause: e);
        }
    }
}
