namespace EvsNative.Layers;

/// <summary>What runs to the same place left behind when they were killed.</summary>
internal static class Leftovers
{
    /// <summary>
    /// Takes it away, and puts back what a killed run had moved aside from a place that is now free. What a live run is at stays, and so
    /// does what may be somebody's work.
    /// </summary>
    /// <param name="path">the output's place, as it was said</param>
    /// <param name="content">what is the program's own, where the place is a folder's</param>
    /// <returns>a line for each thing that was done</returns>
    public static IReadOnlyList<Notice> Sweep(string path, FolderContent? content = null) => Sweep(OutputPlace.Of(path), content);

    /// <inheritdoc cref="Sweep(string, FolderContent?)"/>
    public static IReadOnlyList<Notice> Sweep(OutputPlace place, FolderContent? content)
    {
        var said = new List<Notice>();
        try
        {
            foreach (string folder in Workshop.All(place))
                if (SweepOne(place, folder, content) is { } line) said.Add(new Notice(NoticeCode.CleanedUp, line));
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // Nothing can be read or deleted there: whether it can be written is found out elsewhere.
        }

        return said;
    }

    private static string? SweepOne(OutputPlace place, string folder, FolderContent? content)
    {
        try
        {
            string removed = $"{Path.GetFileName(folder)} was removed: a run to {place.Said} that was killed had left it";
            if (!Workshop.HasLock(folder))
            {
                Directory.Delete(folder);
                return removed;
            }

            using var held = Workshop.Inherit(folder);
            if (held is null) return null;
            string aside = Workshop.AsideIn(folder);
            bool wasPutBack = false;
            if (Directory.Exists(aside))
            {
                wasPutBack = !Rename.IsThere(place.Target) && FileSteps.Current.Place(aside, place.Target);
                if (!wasPutBack && !IsOurs(aside, content))
                    return $"{aside} holds files of others, moved there from {place.Said} by a killed run: look through it and delete it";
            }

            Workshop.Delete(folder, held);
            return wasPutBack
                ? $"{place.Said} was put back: a killed run had moved it to {Path.GetFileName(folder)}"
                : removed;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // Another user's, or somebody else takes it away this very moment.
            return null;
        }
    }

    private static bool IsOurs(string folder, FolderContent? content) =>
        content is not null && Directory.EnumerateFileSystemEntries(folder).All(content.IsOurs);
}
