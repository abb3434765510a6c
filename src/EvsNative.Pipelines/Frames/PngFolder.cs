using EvsNative.Kernels.Definitions;
using EvsNative.Layers;
using EvsNative.Pipelines.Storage;

namespace EvsNative.Pipelines.Frames;

/// <summary>A clip as a folder of numbered PNG files. Needs no ffmpeg.</summary>
public static class PngFolder
{
    /// <summary>Frames a second where nothing says otherwise; a folder carries no rate.</summary>
    public static Rational DefaultRate { get; } = new(8, 1);

    /// <summary>
    /// Reads *.png in natural order of their names (frame2 before frame10), all of one size, 8-bit RGB. Transparency is dropped, as Pillow's
    /// convert("RGB") drops it; grey and 16-bit files are converted.
    /// </summary>
    /// <param name="path">the folder</param>
    /// <param name="rate">frames a second; null means <see cref="DefaultRate"/></param>
    /// <param name="maxFrames">later frames are not read</param>
    /// <param name="cancellation">checked before each frame</param>
    /// <exception cref="InputException">no such folder, no PNG in it, a broken file, a file of another size</exception>
    public static Clip Read(string path, Rational? rate = null, int maxFrames = int.MaxValue, CancellationToken cancellation = default)
    {
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(path).Where(IsFrameName).Order(NaturalOrder.Instance).Take(maxFrames)];
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }

        if (files.Length == 0) throw new InputException($"{path} holds no PNG files. Give a folder of frames, or a video file.");
        byte[] pixels = [];
        int width = 0, height = 0;
        for (int i = 0; i < files.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            (byte[] frame, int w, int h) = ReadFrame(files[i]);
            if (i == 0)
            {
                (width, height) = (w, h);
                if ((long)frame.Length * files.Length > Array.MaxLength)
                    throw new InputException($"{path} holds {files.Length} frames of {width}x{height}, more than 2 GB. Split the clip.");
                pixels = new byte[frame.Length * files.Length];
            }
            else if ((w, h) != (width, height))
            {
                throw new InputException($"{files[i]} has {w}x{h} pixels, the first frame {width}x{height}. All frames of a clip have one size.");
            }

            frame.CopyTo(pixels, (long)i * frame.Length);
        }

        return new Clip(pixels, files.Length, height, width, rate ?? DefaultRate, path);
    }

    /// <summary>Writes 0000.png, 0001.png and so on into a new folder, which appears when all of them are there.</summary>
    /// <param name="path">The folder. One that stands there must be empty, or hold PNG files alone and be given up by <paramref name="force"/>.</param>
    /// <param name="clip">the frames</param>
    /// <param name="force">replace the PNG files of an existing folder</param>
    /// <param name="cancellation">leaves nothing behind</param>
    /// <exception cref="InputException">the place is taken, or cannot be written, or the disk is full</exception>
    public static void Write(string path, Clip clip, bool force = false, CancellationToken cancellation = default)
    {
        using var pending = new PendingFolder(path, force, FolderContent.Frames);
        int index = 0;
        IEnumerable<byte[]> encoded = Enumerable.Range(0, clip.Frames).AsParallel().AsOrdered().WithCancellation(cancellation)
            .Select(i => StillImage.Png(clip.Frame(i), clip.Width, clip.Height));
        foreach (byte[] png in encoded)
        {
            try
            {
                File.WriteAllBytes(Path.Combine(pending.Temporary, $"{index++:0000}.png"), png);
            }
            catch (Exception e) when (StorageFault.Is(e))
            {
                throw StorageFault.Writing(e, path);
            }
        }

        cancellation.ThrowIfCancellationRequested();
        pending.Commit();
    }

    /// <summary>Whether a file name is that of a frame: *.png, not hidden.</summary>
    internal static bool IsFrameName(string path) =>
        Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(path).StartsWith('.');

    private static (byte[] Pixels, int Width, int Height) ReadFrame(string file)
    {
        try
        {
            return StillImage.Decode(File.ReadAllBytes(file));
        }
        catch (InvalidDataException e)
        {
            throw new InputException($"{file} is not a readable PNG file. Export the frame again.", cause: e);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, file);
        }
    }
}
