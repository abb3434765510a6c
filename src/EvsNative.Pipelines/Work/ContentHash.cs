using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using EvsNative.Layers;
using Microsoft.Win32.SafeHandles;

namespace EvsNative.Pipelines.Work;

/// <summary>
/// What tells whether an input is still the same: SHA-256 of its content. Of large files, models above all, the length, the time of the
/// last change and samples of the content are hashed: reading gigabytes at each start would take longer than some runs.
/// </summary>
internal static class ContentHash
{
    /// <summary>Up to this many bytes a file is hashed whole.</summary>
    public const long WholeBytes = 256L << 20;

    private const int SampleBytes = 1 << 16, Samples = 256, Letters = 16;

    /// <summary>Of a file, or of all files directly in a folder by their names.</summary>
    /// <param name="path">the file or folder</param>
    /// <param name="cancellation">checked between blocks</param>
    /// <returns>16 letters</returns>
    /// <exception cref="InputException">it cannot be read</exception>
    public static string Of(string path, CancellationToken cancellation = default) => Of(path, hasTimes: true, cancellation);

    /// <summary>The same by content alone, equal on another disk: of large files length and samples are hashed.</summary>
    /// <param name="path">the file or folder</param>
    /// <param name="cancellation">checked between blocks</param>
    /// <returns>16 letters</returns>
    /// <exception cref="InputException">it cannot be read</exception>
    public static string OfContent(string path, CancellationToken cancellation = default) => Of(path, hasTimes: false, cancellation);

    private static string Of(string path, bool hasTimes, CancellationToken cancellation)
    {
        try
        {
            if (!Directory.Exists(path)) return Of(null, [path], hasTimes, cancellation);
            var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
            return Of(path, files, hasTimes, cancellation);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }
    }

    /// <summary>Of some files, such as the frames of a clip, by their names and in this order.</summary>
    /// <param name="files">paths</param>
    /// <param name="cancellation">checked between blocks</param>
    /// <returns>16 letters</returns>
    /// <exception cref="InputException">one cannot be read</exception>
    public static string Of(IReadOnlyList<string> files, CancellationToken cancellation = default) =>
        Of(files, hasTimes: true, cancellation);

    /// <summary>The same by content alone, equal on another disk.</summary>
    /// <param name="files">paths</param>
    /// <param name="cancellation">checked between blocks</param>
    /// <returns>16 letters</returns>
    /// <exception cref="InputException">one cannot be read</exception>
    public static string OfContent(IReadOnlyList<string> files, CancellationToken cancellation = default) =>
        Of(files, hasTimes: false, cancellation);

    private static string Of(IReadOnlyList<string> files, bool hasTimes, CancellationToken cancellation)
    {
        string last = "";
        IEnumerable<string> Watched()
        {
            foreach (string file in files) yield return last = file;
        }

        try
        {
            return Of("", Watched(), hasTimes, cancellation);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, last);
        }
    }

    /// <summary>Names count from a folder on, as they are if it is empty, and not at all if it is null.</summary>
    private static string Of(string? folder, IEnumerable<string> files, bool hasTimes, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files)
        {
            string? name = folder is null ? null : folder.Length == 0 ? Path.GetFileName(file) : Path.GetRelativePath(folder, file);
            if (name is not null) hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name}\0"));
            Add(hash, file, hasTimes, cancellation);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Letters];
    }

    private static void Add(IncrementalHash hash, string path, bool hasTimes, CancellationToken cancellation)
    {
        using var file = OrdinaryFile.Open(path);
        long length = RandomAccess.GetLength(file);
        byte[] number = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, length);
        hash.AppendData(number);
        byte[] block = new byte[SampleBytes];
        if (length <= WholeBytes)
        {
            for (long at = 0; at < length; at += SampleBytes) Add(hash, file, at, block, cancellation);
            return;
        }

        string changed = hasTimes ? File.GetLastWriteTimeUtc(path).Ticks.ToString(CultureInfo.InvariantCulture) : "";
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(changed));
        for (int i = 0; i < Samples; i++)
            Add(hash, file, (long)((length - SampleBytes) * (i / (Samples - 1.0))), block, cancellation);
    }

    private static void Add(IncrementalHash hash, SafeFileHandle file, long at, byte[] block, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int read = RandomAccess.Read(file, block, at);
        hash.AppendData(block, 0, read);
    }
}
