using System.Security.Cryptography;
using System.Text;

namespace EvsNative.Layers;

/// <summary>
/// The folder in which an output is made, beside its place and so on the same disk. It is locked while its process lives, so that a later
/// run tells what a killed one left (<see cref="Leftovers"/>) from what another one is at. Its name begins with the place's and is short,
/// however long that is.
/// </summary>
internal sealed class Workshop : IDisposable
{
    private const string LockName = "lock";
    private const int NameBytes = 32, Tries = 100;

    private readonly string _folder;
    private readonly FileLock _lock;

    private Workshop(string folder, FileLock held) => (_folder, _lock) = (folder, held);

    /// <summary>Where the output is made, a file or a folder.</summary>
    public string New => NewIn(_folder);

    /// <summary>Where it is while it changes places with an older one, and the older one after that.</summary>
    public string Aside => AsideIn(_folder);

    /// <summary>Set where something is in it that nobody may delete.</summary>
    public bool Stays { get; set; }

    /// <summary>Opens one: permissions, quotas and read-only disks have no other honest test.</summary>
    /// <exception cref="InputException">nothing can be written there</exception>
    public static Workshop Open(OutputPlace place)
    {
        try
        {
            // Asked for, not tried: the framework would make it.
            if (!Directory.Exists(place.Folder)) throw new DirectoryNotFoundException();
            for (int i = 0; i < Tries; i++)
            {
                string folder = Path.Combine(place.Folder, $"{Prefix(place)}{Random.Shared.Next():x8}.tmp");
                if (Lock(folder) is { } held) return new Workshop(folder, held);
            }

            throw new IOException("no lock can be kept there");
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, place.Said);
        }
    }

    /// <summary>The folders beside a place that were opened for it.</summary>
    public static string[] All(OutputPlace place) =>
    [
        .. Directory.EnumerateDirectories(place.Folder).Where(folder =>
            Path.GetFileName(folder) is var name && name.StartsWith(Prefix(place), StringComparison.Ordinal)
                && name.EndsWith(".tmp", StringComparison.Ordinal) && new DirectoryInfo(folder).LinkTarget is null),
    ];

    /// <inheritdoc cref="New"/>
    public static string NewIn(string folder) => Path.Combine(folder, "new");

    /// <inheritdoc cref="Aside"/>
    public static string AsideIn(string folder) => Path.Combine(folder, "aside");

    /// <summary>
    /// Whether a folder's process came to lock it. One without a lock is empty; if its owner is about to lock it, it may be deleted all the
    /// same, and the owner starts again.
    /// </summary>
    public static bool HasLock(string folder) => File.Exists(Path.Combine(folder, LockName));

    /// <summary>The lock of a folder whose process is gone; null where it lives, or where that cannot be told.</summary>
    public static FileLock? Inherit(string folder) => FileLock.Take(Path.Combine(folder, LockName));

    /// <summary>Deletes a folder with what is in it. The lock goes last: a run that ends meanwhile leaves one that can be told.</summary>
    public static void Delete(string folder, FileLock held)
    {
        foreach (string inside in new[] { NewIn(folder), AsideIn(folder) })
        {
            if (Directory.Exists(inside) && new DirectoryInfo(inside).LinkTarget is null) Directory.Delete(inside, recursive: true);
            else File.Delete(inside);
        }

        // Windows deletes no open file.
        held.Dispose();
        File.Delete(Path.Combine(folder, LockName));
        Directory.Delete(folder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (!Stays) FileSteps.Current.Discard(_folder, _lock);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // A disk that is gone: the error that led here says more. The next run to the same place tries again.
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private static FileLock? Lock(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            return FileLock.Create(Path.Combine(folder, LockName));
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            Directory.Delete(folder);
            throw;
        }
    }

    /// <summary>".name.1f3a5b7c": the name's beginning for people, its hash for us.</summary>
    private static string Prefix(OutputPlace place)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(place.Name));
        return $".{NameLength.Cut(place.Name, NameBytes)}.{Convert.ToHexStringLower(hash)[..8]}";
    }
}
