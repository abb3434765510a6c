namespace EvsNative.Layers;

/// <summary>
/// The weight files of a model: each is opened once, all are closed together. Networks read views of them, so that several may lie in one
/// file; and since a view leaves out what is not its own, the files keep account of what no view has taken.
/// </summary>
public sealed class WeightFiles : IDisposable
{
    private readonly Dictionary<string, TensorFile> _files = [];
    private readonly HashSet<(string Origin, string Name)> _taken = [];
    private readonly List<IDisposable> _owned = [];

    /// <summary>The file of this path.</summary>
    /// <exception cref="InputException">it is not there, or no file of weights</exception>
    public TensorFile Open(string path)
    {
        string full = Path.GetFullPath(path);
        if (!_files.TryGetValue(full, out var file)) _files[full] = file = TensorFile.Open(path);
        return file;
    }

    /// <summary>One network's part of a file, or of several that read as one.</summary>
    /// <param name="source">what <see cref="Open"/> gave, or a combination of such files</param>
    /// <param name="newName">from a stored name without the prefix to the one that the network asks for; null for what none needs</param>
    /// <param name="prefix">what the stored names of the part begin with; other tensors are left to other views</param>
    /// <exception cref="InputException">two tensors come to the same name</exception>
    public RenamedWeights View(IWeightFile source, Func<string, string?> newName, string prefix = "")
    {
        bool IsOwn(string stored) => stored.StartsWith(prefix, StringComparison.Ordinal);
        bool IsRead(string stored) => IsOwn(stored) && !ComputedTables.Contains(stored);
        foreach (string stored in source.Names.Where(IsOwn)) _taken.Add((source.OriginOf(stored), stored));
        return new RenamedWeights(source, stored => IsRead(stored) ? newName(stored[prefix.Length..]) : null);
    }

    /// <summary>To be called when all views are made: throws if a file holds tensors that are none of theirs.</summary>
    /// <exception cref="InputException">lists them</exception>
    public void Verify()
    {
        foreach (var file in _files.Values)
        {
            string[] rest = [.. file.Names.Where(name => !_taken.Contains((file.Origin, name))).Order(StringComparer.Ordinal)];
            if (rest.Length == 0) continue;
            throw new InputException(
                InputCode.Mismatch,
                $"{file.Origin}: holds tensors that belong to none of its networks: {rest.Length} left over",
                [.. rest.Take(InputLimits.Findings).Select(Line)]);

            string Line(string name) => $"left over: {InputText.Name(name)} [{string.Join(',', file.Tensors[name].Shape)}]";
        }
    }

    /// <summary>What reads these files takes something along that is to be given back with them.</summary>
    public void Own(IDisposable reader) => _owned.Add(reader);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var reader in _owned) reader.Dispose();
        foreach (var file in _files.Values) file.Dispose();
    }
}
