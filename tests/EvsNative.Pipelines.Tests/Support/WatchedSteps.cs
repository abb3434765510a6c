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
    /// "flush x", "flush folder x", "name x", "replace x", "fill x", "exchange x", "move x to y", "delete x"; names without their folders;
    /// what is in a temporary folder is "new x" or "aside x".
    /// </summary>
    public List<string> Log { get; } = [];

    /// <summary>Done before each step, with its number.</summary>
    public Action<int>? Before { get; init; }

    /// <summary>Whether folders can exchange their names here.</summary>
    public bool CanExchange { get; init; } = true;

    /// <summary>Whether everything stands still from the failing step on, as in a process that was killed.</summary>
    public bool IsKill { get; init; }

    /// <summary>What is free on every disk, if not what is.</summary>
    public long? Free { get; init; }

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

    public override bool Place(string from, string to)
    {
        Did($"name {Name(to)}");
        return base.Place(from, to);
    }

    public override void ReplaceFile(string from, string to)
    {
        Did($"replace {Name(to)}");
        base.ReplaceFile(from, to);
    }

    public override bool ReplaceEmptyFolder(string from, string to)
    {
        Did($"fill {Name(to)}");
        return base.ReplaceEmptyFolder(from, to);
    }

    public override bool Exchange(string one, string other)
    {
        Did($"exchange {Name(other)}");
        return CanExchange && base.Exchange(one, other);
    }

    public override void MoveFolder(string from, string to)
    {
        Did($"move {Role(from)}{Name(from)} to {Role(to)}{Name(to)}");
        base.MoveFolder(from, to);
    }

    public override void DeleteFolder(string path)
    {
        Did($"delete {Name(path)}");
        base.DeleteFolder(path);
    }

    public override void Discard(string workshop, FileLock held)
    {
        if (IsKill && Log.Count > _failing) throw new IOException("nobody is there to discard it");
        base.Discard(workshop, held);
    }

    public override long? FreeBytes(string folder) => Free ?? base.FreeBytes(folder);

    public void Dispose() => Use(null);

    private static bool IsTemporary(string path) => Path.GetDirectoryName(path)!.EndsWith(".tmp", StringComparison.Ordinal);

    private static string Role(string path) => IsTemporary(path) ? $"{Path.GetFileName(path)} " : "";

    private static string Name(string path) =>
        IsTemporary(path) ? Path.GetFileName(Path.GetDirectoryName(path)!)[1..^".1f3a5b7c1f3a5b7c.tmp".Length] : Path.GetFileName(path);

    private static string Content(string path) => $"{Name(path)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}";

    private void Did(string what)
    {
        Before?.Invoke(Log.Count);
        Log.Add(what);
        if (Log.Count - 1 == _failing || (IsKill && _failing >= 0 && Log.Count > _failing)) throw new IOException($"made to fail: {what}");
    }
}
