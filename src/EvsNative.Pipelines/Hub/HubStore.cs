using System.Security.Cryptography;
using System.Text;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>
/// Writes into a hub's cache as its own programs do, so that they find it and this program finds theirs: <see cref="HubCache"/>. A file is
/// made in <c>blobs</c> under its hash with <c>.incomplete</c> behind it, gets its name when it is whole, then its link in the snapshot.
/// Whoever fetches a file holds its lock in <c>.locks</c>.
/// </summary>
internal sealed class HubStore
{
    private const int LongestTag = 200;

    private readonly HubCache _cache;
    private readonly HubName _name;
    private readonly string _folder;
    private readonly bool _links;

    /// <summary>The store of one commit of a repository.</summary>
    /// <param name="cache">the cache</param>
    /// <param name="name">the repository</param>
    /// <param name="commit">the commit</param>
    /// <param name="links">false for a disk without links, where the snapshot holds the files themselves</param>
    public HubStore(HubCache cache, HubName name, string commit, bool links = true)
    {
        (_cache, _name, _links) = (cache, name, links);
        _folder = Path.Combine(cache.Root, name.CacheFolder);
        Snapshot = Path.Combine(_folder, "snapshots", commit);
    }

    /// <summary>The folder of the commit's files.</summary>
    public string Snapshot { get; }

    /// <summary>A file's place in the snapshot.</summary>
    public string Place(HubFile file) => Path.Combine(Snapshot, file.Path.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Where a file is made.</summary>
    public string Part(HubFile file) => Blob(file) + ".incomplete";

    /// <summary>Whether a file is in the snapshot, whole; a blob that an earlier commit has had is linked.</summary>
    public bool Has(HubFile file)
    {
        string place = Place(file), blob = Blob(file);
        if (new FileInfo(place) is { LinkTarget: null, Exists: true } own) return own.Length == file.Bytes;
        if (!IsWhole(blob, file)) return false;
        if (!RealPath.AreOne(place, blob)) Link(place, blob);
        return true;
    }

    /// <summary>Bytes that are still to come.</summary>
    public long Missing(HubFile file) => Math.Max(0, (file.Bytes ?? 0) - PartBytes(file));

    /// <summary>Bytes of the part that is there.</summary>
    public long PartBytes(HubFile file) => new FileInfo(Part(file)) is { Exists: true } part ? part.Length : 0;

    /// <summary>Makes the folders.</summary>
    /// <exception cref="InputException">they cannot be made</exception>
    public void Prepare()
    {
        try
        {
            foreach (string folder in new[] { "blobs", "refs", "snapshots" }) Directory.CreateDirectory(Path.Combine(_folder, folder));
            Directory.CreateDirectory(Snapshot);
            Directory.CreateDirectory(LockFolder);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _folder);
        }
    }

    /// <summary>The lock of a file; null while another program holds it.</summary>
    public FileLock? Lock(HubFile file)
    {
        string path = LockPath(file);
        try
        {
            return FileLock.Create(path) ?? FileLock.Take(path);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }
    }

    /// <summary>The file of the lock.</summary>
    public string LockPath(HubFile file) => Path.Combine(LockFolder, $"{TagName(file)}.lock");

    /// <summary>A file is whole and right: it gets its name and its place in the snapshot.</summary>
    /// <exception cref="InputException">the disk failed</exception>
    public void Finish(HubFile file)
    {
        string part = Part(file), blob = Blob(file);
        try
        {
            FileSteps.Current.FlushFile(part);
            FileSteps.Current.ReplaceFile(part, blob);
            FileSteps.Current.FlushFolder(Path.GetDirectoryName(blob)!);
            Link(Place(file), blob);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, Place(file));
        }
    }

    /// <summary>Writes down which commit a branch or tag stands for.</summary>
    /// <exception cref="InputException">the disk failed</exception>
    public void Remember(string revision, string commit)
    {
        if (HubName.IsCommit(revision)) return;
        string path = Path.Combine(_folder, "refs", revision.Replace('/', Path.DirectorySeparatorChar));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }

        PendingFile.WriteAll(path, Encoding.ASCII.GetBytes(commit), force: true);
    }

    private string LockFolder => Path.Combine(_cache.Root, ".locks", _name.CacheFolder);

    private string Blob(HubFile file) => Path.Combine(_folder, "blobs", TagName(file));

    /// <summary>The tag, if a file can be called so; else a hash of it.</summary>
    private static string TagName(HubFile file)
    {
        string tag = file.Tag ?? throw new ArgumentException("a file without a tag", nameof(file));
        bool isName = tag.Length is > 0 and <= LongestTag && tag[0] != '.'
            && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return isName ? tag : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tag)))[..40];
    }

    private static bool IsWhole(string blob, HubFile file) =>
        new FileInfo(blob) is { Exists: true } there && (file.Bytes is null || there.Length == file.Bytes);

    /// <summary>A relative link, so that the cache can be moved; where the disk has none, the file itself goes there.</summary>
    private void Link(string place, string blob)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (Rename.IsThere(place)) File.Delete(place);
            if (_links)
            {
                try
                {
                    File.CreateSymbolicLink(place, Path.GetRelativePath(Path.GetDirectoryName(place)!, blob));
                    return;
                }
                catch (Exception e) when (StorageFault.Is(e))
                {
                    // Windows without the right to make links, FAT, some disks of a network.
                }
            }

            FileSteps.Current.ReplaceFile(blob, place);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, place);
        }
    }
}
