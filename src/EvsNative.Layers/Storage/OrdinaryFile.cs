using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace EvsNative.Layers;

/// <summary>
/// Opens files that strangers gave: only ordinary ones, for a pipe waits for ever and a device has no end, and no more of them than was
/// expected. The only place of the program that opens an input.
/// </summary>
internal static class OrdinaryFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="InputException">it is missing, unreadable, or no ordinary file (after links are followed)</exception>
    public static SafeFileHandle Open(string path)
    {
        Require(path);
        try
        {
            return File.OpenHandle(path);
        }
        catch (Exception e) when (StorageFault.Is(e) || e is ArgumentException)
        {
            throw StorageFault.Reading(e, path);
        }
    }

    /// <summary>The whole content of a file, unless it has more bytes than <paramref name="most"/>.</summary>
    /// <param name="path">the file</param>
    /// <param name="most">bytes</param>
    /// <param name="kind">what it should be, for the message: "a configuration"</param>
    /// <exception cref="InputException">as <see cref="Open"/>, or it is too large</exception>
    public static byte[] ReadAll(string path, long most, string kind)
    {
        using var handle = Open(path);
        try
        {
            long length = RandomAccess.GetLength(handle);
            if (length > most)
            {
                throw new InputException(
                    InputCode.TooLarge, $"{path}: {length} bytes are too many for {kind}, at most {most} are read: check the file");
            }

            // Files of /proc say 0 and hold more; a file may also grow or shrink while it is read. With room for a byte more than it says,
            // an ordinary one is read in two steps, the second of which finds its end.
            var content = new ArrayBufferWriter<byte>((int)Math.Max(length + 1, 256));
            while (content.WrittenCount <= most)
            {
                int read = RandomAccess.Read(handle, content.GetSpan(1), content.WrittenCount);
                if (read == 0) return content.WrittenSpan.ToArray();
                content.Advance(read);
            }

            throw new InputException(InputCode.TooLarge, $"{path}: grows while it is read, past {most} bytes: check the file");
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }
    }

    /// <summary>Checks that a path leads to an ordinary file.</summary>
    /// <exception cref="InputException">it does not</exception>
    public static void Require(string path)
    {
        if (Directory.Exists(path)) throw new InputException(InputCode.WrongKind, $"{path}: a folder, where a file is needed");
        if (DanglingTarget(path) is { } target)
        {
            throw new InputException(
                InputCode.NotFound, $"{path}: a link to {InputText.Quote(target)}, where nothing is: copy or download the file itself");
        }

        if (SpecialFile.Is(path))
        {
            throw new InputException(
                InputCode.WrongKind, $"{path} is a pipe, a device or a socket, which cannot be read twice: give an ordinary file");
        }
    }

    /// <summary>Whether a file is there; the framework says so of a link behind which there is nothing, too.</summary>
    public static bool Exists(string path) => File.Exists(path) && DanglingTarget(path) is null;

    /// <summary>Where a link leads behind which there is nothing; null for anything else, and where nothing is at all.</summary>
    public static string? DanglingTarget(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: false } target ? target.FullName : null;
        }
        catch (Exception e) when (StorageFault.Is(e) || e is ArgumentException)
        {
            return null;
        }
    }
}
