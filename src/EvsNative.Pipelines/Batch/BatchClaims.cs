using System.Security.Cryptography;
using System.Text;
using EvsNative.Layers;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Batch;

/// <summary>
/// Which worker has which clip of a batch: claims lie beside the results, so that all machines that see these see the claims. A claim's
/// name
/// is the result's, so the same clip is known by workers that were started with other lists.
/// </summary>
/// <param name="patience">how long a worker may be still before it counts as gone; 30 s unless given</param>
internal sealed class BatchClaims(TimeSpan? patience = null) : IDisposable
{
    private const string FolderName = ".evs-batch", ClaimsName = "claims", WorkersName = "workers";
    private const int NameBytes = 64;

    private readonly Dictionary<string, SharedClaims> _folders = [];

    /// <summary>Takes a result's claim; false while a living worker has it.</summary>
    /// <exception cref="InputException">its folder cannot be written</exception>
    public bool TryTake(string output)
    {
        var place = OutputPlace.Of(output);
        try
        {
            return Of(place).TryTake(NameOf(place));
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, output);
        }
    }

    /// <summary>Whether somebody has it, living or not.</summary>
    public static bool IsTaken(string output)
    {
        var place = OutputPlace.Of(output);
        return File.Exists(Path.Combine(ClaimsIn(place), NameOf(place)));
    }

    /// <summary>Gives it back.</summary>
    public void Release(string output)
    {
        var place = OutputPlace.Of(output);
        Of(place).Release(NameOf(place));
    }

    /// <summary>Gives all back; the folders of claims go with the last worker.</summary>
    public void Dispose()
    {
        foreach (var (folder, claims) in _folders)
        {
            claims.Dispose();
            try
            {
                // Only empty folders can be deleted so. That of the workers goes first: it is empty when nobody lives.
                Directory.Delete(Path.Combine(folder, WorkersName));
                Directory.Delete(Path.Combine(folder, ClaimsName));
                Directory.Delete(folder);
            }
            catch (Exception e) when (StorageFault.Is(e))
            {
                // Others are still at work.
            }
        }

        _folders.Clear();
    }

    private static string NameOf(OutputPlace place) =>
        $"{NameLength.Cut(place.Name, NameBytes)}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(place.Name)))[..16]}";

    private static string ClaimsIn(OutputPlace place) => Path.Combine(place.Folder, FolderName, ClaimsName);

    private SharedClaims Of(OutputPlace place)
    {
        string folder = Path.Combine(place.Folder, FolderName);
        if (!_folders.TryGetValue(folder, out var claims))
        {
            claims = new SharedClaims(ClaimsIn(place), Path.Combine(folder, WorkersName), patience);
            _folders[folder] = claims;
        }

        return claims;
    }
}
