namespace EvsNative.Layers;

/// <summary>What the program puts into a folder of its own, and so may replace.</summary>
/// <param name="Word">its name in messages</param>
/// <param name="Alternative">what could be given in place of a folder, as the end of a sentence</param>
/// <param name="IsOurs">whether a file or folder inside, by its full path, is of this kind</param>
internal sealed record FolderContent(string Word, string Alternative, Func<string, bool> IsOurs)
{
    /// <summary>Why a folder may not be replaced; null if it may be, being empty or, where that suffices, full of our own.</summary>
    public FolderObstacle? Obstacle(string folder, bool force)
    {
        string? stranger = null;
        bool isEmpty = true;
        foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
        {
            isEmpty = false;
            if (!IsOurs(entry)) stranger = InputText.Name(Path.GetFileName(entry));
        }

        if (stranger is not null)
            return new FolderObstacle($"holds more than {Word} ({stranger}) and is not replaced", "give the name of a new folder");
        return isEmpty || force
            ? null
            : new FolderObstacle($"already holds {Word}", "give another name, or --force to replace them");
    }
}

/// <summary>Why a folder may not be replaced.</summary>
/// <param name="What">in words that follow its name</param>
/// <param name="Remedy">what to do</param>
internal sealed record FolderObstacle(string What, string Remedy);
