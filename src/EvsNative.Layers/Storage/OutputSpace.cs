using System.Globalization;

namespace EvsNative.Layers;

/// <summary>Whether a disk has room for an output whose bytes are known.</summary>
internal static class OutputSpace
{
    /// <summary>To be asked before anything is written.</summary>
    /// <param name="path">the output</param>
    /// <param name="bytes">what it will have</param>
    /// <param name="said">what messages call it, if not by its path</param>
    /// <exception cref="InputException">there is less room</exception>
    public static void Require(string path, long bytes, string? said = null)
    {
        if (FileSteps.Current.FreeBytes(OutputPlace.Of(path).Folder) is not { } free || free >= bytes) return;
        throw new InputException(
            InputCode.DiskFull,
            $"cannot write {said ?? path}: the disk is full: {Megabytes(free)} MB are free there, and it has {Megabytes(bytes)} MB: "
            + "free some space or choose another place; nothing was left behind");
    }

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
}
