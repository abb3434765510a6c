using EvsNative.Layers;
using EvsNative.Pipelines.Storage;

namespace EvsNative.Pipelines.Frames;

/// <summary>Clips on disk, whatever they are: a folder is PNG frames, anything else a video file. Written are folders and .mp4.</summary>
public static class ClipFile
{
    /// <summary>Reads a folder of PNG frames or any video that ffmpeg reads.</summary>
    /// <param name="path">what to read</param>
    /// <param name="maxFrames">Later frames are not read. To refuse longer clips, ask for one more than are allowed.</param>
    /// <param name="folderRate">Frames a second of a folder, which carries none; null means 8. Videos keep their own.</param>
    /// <param name="cancellation">stops reading</param>
    /// <exception cref="InputException">it cannot be read; one line says why</exception>
    public static Clip Read(string path, int maxFrames = int.MaxValue, Rational? folderRate = null, CancellationToken cancellation = default)
    {
        if (Directory.Exists(path)) return PngFolder.Read(path, folderRate, maxFrames, cancellation);
        if (!File.Exists(path)) throw StorageFault.Missing(path);
        return VideoFile.Read(path, maxFrames, cancellation);
    }

    /// <summary>
    /// Whether <see cref="Write"/> would be let to: to be asked before any work is done. For an .mp4 that includes an ffmpeg that encodes.
    /// </summary>
    /// <exception cref="InputException">the place is taken and <paramref name="force"/> is not set, or it cannot be written; one line says why</exception>
    public static void CheckWritable(string path, bool force)
    {
        if (IsFolder(path))
        {
            PendingFolder.CheckWritable(path, force, FolderContent.Frames);
            return;
        }

        PendingFile.CheckWritable(path, force);
        FfmpegTools.Find().RequireX264();
    }

    /// <summary>Writes a folder of PNG frames, or an .mp4. It appears when it is whole; on any failure what was there stays.</summary>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    public static void Write(string path, Clip clip, bool force = false, CancellationToken cancellation = default)
    {
        if (IsFolder(path)) PngFolder.Write(path, clip, force, cancellation);
        else VideoFile.Write(path, clip, force, cancellation);
    }

    private static bool IsFolder(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new InputException("The name of the output is empty. Give an .mp4 file or a folder.");
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path)) return true;
        string extension = Path.GetExtension(path);
        if (extension.Length > 0 && !extension.Equals(".mp4", StringComparison.OrdinalIgnoreCase))
            throw new InputException($"Cannot write {path}: {extension} is not a kind of video that is written. Give a name ending in .mp4, or a folder.");
        return extension.Length == 0;
    }
}
