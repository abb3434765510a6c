using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Work;

/// <summary>
/// The result of a unit in a file: a mark, the number of bytes, SHA-256 over name and bytes, then the bytes. A file that was cut off, that
/// the disk changed or that belongs to another unit is known by it and counts as not there.
/// </summary>
internal static class UnitFile
{
    private const int HashBytes = SHA256.HashSizeInBytes, LengthBytes = sizeof(long);

    /// <summary>Bytes before the result.</summary>
    public static int HeaderBytes => Mark.Length + LengthBytes + HashBytes;

    private static ReadOnlySpan<byte> Mark => "EVSUNIT1"u8;

    /// <summary>Writes a file that appears whole or not at all, and has it brought to the disk.</summary>
    /// <param name="path">its place; a file that is there is replaced</param>
    /// <param name="name">of the unit</param>
    /// <param name="result">its bytes</param>
    /// <param name="temporary">where it is written first, on the same disk; nobody else's</param>
    /// <exception cref="IOException">the disk is full or failed; nothing is left at <paramref name="temporary"/></exception>
    public static void Write(string path, string name, ReadOnlySpan<byte> result, string temporary)
    {
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, preallocationSize: 0))
            {
                RandomAccess.Write(file, Header(name, result), 0);
                RandomAccess.Write(file, result, HeaderBytes);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Delete(temporary);
            throw;
        }
    }

    /// <summary>Reads a result.</summary>
    /// <param name="path">the file</param>
    /// <param name="name">of the unit</param>
    /// <param name="result">filled; its length is the result's</param>
    /// <returns>false where there is no such file, or it is not whole, or not of this unit or length</returns>
    public static bool TryRead(string path, string name, Span<byte> result)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.GetLength(file) != HeaderBytes + (long)result.Length) return false;
            byte[] header = new byte[HeaderBytes];
            return Fill(file, header, 0) && Fill(file, result, HeaderBytes) && header.AsSpan().SequenceEqual(Header(name, result));
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            return false;
        }
    }

    /// <summary>Whether a file has the length that its header says: it may still be damaged inside.</summary>
    public static bool LooksWhole(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] header = new byte[HeaderBytes];
            return Fill(file, header, 0)
                && header.AsSpan(0, Mark.Length).SequenceEqual(Mark)
                && RandomAccess.GetLength(file) - HeaderBytes == BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(Mark.Length));
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            return false;
        }
    }

    /// <summary>Deletes a file that may be there; one that cannot be deleted does no harm.</summary>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // Somebody else deletes it, or the disk is gone: the run says so where it matters.
        }
    }

    private static byte[] Header(string name, ReadOnlySpan<byte> result)
    {
        byte[] header = new byte[HeaderBytes];
        Mark.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(Mark.Length), result.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(name));
        hash.AppendData([0]);
        hash.AppendData(result);
        hash.GetHashAndReset(header.AsSpan(Mark.Length + LengthBytes));
        return header;
    }

    private static bool Fill(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> bytes, long from)
    {
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(file, bytes, from);
            if (read == 0) return false;
            bytes = bytes[read..];
            from += read;
        }

        return true;
    }
}
