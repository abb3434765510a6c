using System.Security.Cryptography;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Tests;

/// <summary>
/// The steps by which outputs get their places, written down as they happen; the one of a given number fails. When a file is flushed its
/// content is written down too: what was flushed must be what is there in the end.
/// </summary>
internal sealed class WatchedSteps : FileSteps, IDisposable
{
    private readonly int _failing;
    private readonly HashSet<string> _flushed = [];

    public WatchedSteps(int failing = -1)
    {
        _failing = failing;
        Use(this);
    }

    /// <summary>
    /// "flush x", "flush folder x", "name x", "name folder x", "delete x"; names without their folders, temporary ones by their place's.
    /// </summary>
    public List<string> Log { get; } = [];

    /// <summary>Whether a file was flushed with the content that it has now.</summary>
    public bool IsFlushed(string path) => _flushed.Contains(Content(path));

    public override void FlushFile(string path)
    {
        Did($"flush {Name(path)}");
        base.FlushFile(path);
        _flushed.Add(Content(path));
    }

    public override void FlushFolder(string path)
    {
        Did($"flush folder {Name(path)}");
        base.FlushFolder(path);
    }

    public override void MoveFile(string from, string to, bool replaces)
    {
        Did($"name {Name(to)}");
        base.MoveFile(from, to, replaces);
    }

    public override void MoveFolder(string from, string to)
    {
        Did(Path.GetFileName(to).EndsWith(".tmp", StringComparison.Ordinal) ? $"put aside {Name(from)}" : $"name folder {Name(to)}");
        base.MoveFolder(from, to);
    }

    public override void DeleteFolder(string path)
    {
        Did($"delete {Name(path)}");
        base.DeleteFolder(path);
    }

    public void Dispose() => Use(null);

    private static string Name(string path)
    {
        string name = Path.GetFileName(path);
        return name.EndsWith(".tmp", StringComparison.Ordinal) ? name[1..^".1f3a5b7c.tmp".Length] : name;
    }

    private static string Content(string path) => $"{Name(path)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}";

    private void Did(string what)
    {
        Log.Add(what);
        if (Log.Count - 1 == _failing) throw new IOException($"made to fail: {what}");
    }
}
