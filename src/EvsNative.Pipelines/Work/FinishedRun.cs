using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Work;

/// <summary>
/// A run whose result has its place and whose folder is there all the same: its process was killed in that moment. So that such a folder is
/// known, a file in it says what was at the place just before the result came there.
/// </summary>
public static class FinishedRun
{
    private const string Place = "place", Before = "before", Nothing = "nothing";

    /// <summary>A worker of a shared run whose sign of life is no older may still be at it, whatever the clocks of machines say.</summary>
    private static readonly TimeSpan Living = TimeSpan.FromMinutes(10);

    /// <summary>The result takes its place next. Where that cannot be written down, a kill in this moment leaves the folder.</summary>
    internal static void Mark(RunFolder run, string place)
    {
        var parts = new Dictionary<string, string> { [Place] = place, [Before] = LookOf(place) };
        try
        {
            File.WriteAllBytes(run.DoneFile, new RunRecipe(parts).ToBytes());
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // A full disk does not keep a result back that is whole.
        }
    }

    /// <summary>The run is gone on with: what was noted of its end holds no longer.</summary>
    internal static void Unmark(RunFolder run) => UnitFile.Delete(run.DoneFile);

    /// <summary>Whether a folder is that of a run whose result has its place.</summary>
    public static bool Is(RunFolder run)
    {
        if (!File.Exists(run.DoneFile)) return run.IsEmptied;
        try
        {
            var noted = RunRecipe.Read(OrdinaryFile.ReadAll(run.DoneFile, InputLimits.JsonBytes, "a note"), run.DoneFile).Parts;
            return noted.GetValueOrDefault(Place) is { } place && LookOf(place) is var look && look != Nothing
                && look != noted.GetValueOrDefault(Before);
        }
        catch (InputException)
        {
            // Cut off by the kill: then the result did not come.
            return false;
        }
    }

    /// <summary>Deletes the folder of a finished run, unless somebody is at it.</summary>
    /// <returns>the line to say; null where nothing was done</returns>
    public static Notice? Sweep(RunFolder run)
    {
        try
        {
            if (!Is(run) || IsInUse(run)) return null;
            run.Delete();
            return new Notice(NoticeCode.CleanedUp, $"{run.Path} was removed: its run had ended well and was killed in that moment");
        }
        catch (Exception e) when (e is InputException || StorageFault.Is(e))
        {
            // Another user's, or somebody else takes it away this very moment.
            return null;
        }
    }

    private static bool IsInUse(RunFolder run)
    {
        if (Directory.Exists(run.Workers)
            && Directory.EnumerateFiles(run.Workers).Any(file => (DateTime.UtcNow - File.GetLastWriteTimeUtc(file)).Duration() < Living))
            return true;
        if (!File.Exists(run.LockFile)) return false;
        using var held = FileLock.Take(run.LockFile);
        return held is null;
    }

    /// <summary>What tells one content of a place from another without reading it: length and time of change.</summary>
    private static string LookOf(string place)
    {
        if (!Path.Exists(place)) return Nothing;
        var file = new FileInfo(place);
        long length = file.Exists ? file.Length : Directory.EnumerateFileSystemEntries(place).LongCount();
        return string.Create(CultureInfo.InvariantCulture, $"{length} {File.GetLastWriteTimeUtc(place).Ticks}");
    }
}
