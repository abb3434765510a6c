namespace EvsNative.Fuzz.Running;

/// <summary>
/// A folder in which some files always stand. A case lays its own over them; afterwards all is as before, so that no case sees another.
/// </summary>
internal sealed class Scratch : IDisposable
{
    private readonly Dictionary<string, byte[]> _whole;

    /// <summary>Makes the folder.</summary>
    /// <param name="whole">the files that always stand</param>
    public Scratch(IReadOnlyList<FuzzFile> whole)
    {
        _whole = whole.ToDictionary(file => file.Name, file => file.Bytes);
        foreach (var file in whole) Write(file);
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("evsnative-fuzz-").FullName;

    /// <summary>Lays files over those that stand.</summary>
    public void Put(IReadOnlyList<FuzzFile> files)
    {
        foreach (var file in files) Write(file);
    }

    /// <summary>Undoes <see cref="Put"/>, and removes whatever else has come.</summary>
    public void Restore(IReadOnlyList<FuzzFile> files)
    {
        foreach (var file in files)
        {
            if (_whole.TryGetValue(file.Name, out byte[]? bytes)) File.WriteAllBytes(Path.Combine(Folder, file.Name), bytes);
            else File.Delete(Path.Combine(Folder, file.Name));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Write(FuzzFile file)
    {
        string path = Path.Combine(Folder, file.Name);
        if (file.Name.Contains('/', StringComparison.Ordinal)) Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file.Bytes);
    }
}
