using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Questions about the names and shapes of a file's tensors.</summary>
/// <param name="file">the file</param>
internal sealed class CheckpointNames(IWeightFile file)
{
    /// <summary>Tensors in all.</summary>
    public int Count => file.Names.Count;

    /// <summary>The names.</summary>
    public IReadOnlyCollection<string> All => file.Names;

    /// <summary>True if a name has one of these words anywhere.</summary>
    public bool Any(params ReadOnlySpan<string> parts)
    {
        foreach (string name in file.Names)
            foreach (string part in parts)
                if (name.Contains(part, StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>True if a name begins with one of these words.</summary>
    public bool Starts(params ReadOnlySpan<string> parts)
    {
        foreach (string name in file.Names)
            foreach (string part in parts)
                if (name.StartsWith(part, StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>True if a name is this one, or ends with it behind a dot.</summary>
    public bool Has(string path) => file.Names.Any(name => IsAt(name, path));

    /// <summary>True if more than half of the names have one of these words.</summary>
    public bool Mostly(params IEnumerable<string> parts) =>
        2 * file.Names.Count(name => parts.Any(part => name.Contains(part, StringComparison.Ordinal))) > Count;

    /// <summary>What stands before a path in each name that ends with it, the dot included.</summary>
    public IEnumerable<string> Before(string path) => file.Names.Where(name => IsAt(name, path)).Select(name => name[..^path.Length]);

    /// <summary>The shape of the tensor of this name, or null.</summary>
    public IReadOnlyList<long>? Shape(string name) => file.FindShape(name, []);

    /// <summary>The second dimension of a tensor that has one: the channels that a layer takes.</summary>
    public long? Inputs(string name) => Shape(name) is { Count: >= 2 } shape ? shape[1] : null;

    /// <summary>The second dimension of the first tensor, in the file's order, whose name ends with this.</summary>
    public long? InputsOfAny(string prefix, string end)
    {
        bool IsOne(string name) => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(end, StringComparison.Ordinal);
        return file.Names.FirstOrDefault(IsOne) is { } found ? Inputs(found) : null;
    }

    private static bool IsAt(string name, string path) =>
        name.EndsWith(path, StringComparison.Ordinal) && (name.Length == path.Length || name[^(path.Length + 1)] == '.');
}
