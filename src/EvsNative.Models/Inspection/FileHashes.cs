using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using EvsNative.Layers;
using Microsoft.Win32.SafeHandles;

namespace EvsNative.Models;

/// <summary>The sums over a file's bytes by which models are known. One pass over the file gives all of them.</summary>
internal static class FileHashes
{
    private const int PieceBytes = 1 << 20, LengthBytes = sizeof(ulong);

    /// <summary>Where older programs looked, and how far: 64 KB from the second megabyte on.</summary>
    private const int OldPlace = 0x100000, OldBytes = 0x10000, OldDigits = 8;

    /// <summary>The sums of a file.</summary>
    /// <param name="path">the file</param>
    /// <param name="isSafetensors">whether its numbers follow a header</param>
    /// <param name="isAsked">read all of it, however large</param>
    /// <param name="onHashed">told the share of the file that has been read</param>
    /// <param name="stop">asked between pieces</param>
    /// <exception cref="InputException">it cannot be read</exception>
    public static InspectedHashes Of(string path, bool isSafetensors, bool isAsked, Action<double>? onHashed, CancellationToken stop)
    {
        using var file = OrdinaryFile.Open(path);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            string old = Hex(SHA256.HashData(Read(file, OldPlace, buffer.AsSpan(0, OldBytes))))[..OldDigits];
            long length = RandomAccess.GetLength(file);
            if (!isAsked && length > InspectionRequest.HashedBytes) return new(old, null, null);
            using IncrementalHash whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256),
                data = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long dataFrom = isSafetensors ? LengthBytes + HeaderBytes(file) : length;
            for (long at = 0; Read(file, at, buffer.AsSpan(0, PieceBytes)) is { IsEmpty: false } piece; at += piece.Length)
            {
                stop.ThrowIfCancellationRequested();
                whole.AppendData(piece);
                data.AppendData(piece[(int)Math.Clamp(dataFrom - at, 0, piece.Length)..]);
                onHashed?.Invoke((at + piece.Length) / (double)length);
            }

            return new(old, Hex(whole.GetHashAndReset()), isSafetensors ? Hex(data.GetHashAndReset()) : null);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static long HeaderBytes(SafeFileHandle file)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        length.Clear();
        Read(file, 0, length);
        return (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(length), InputLimits.HeaderBytes);
    }

    /// <summary>Fills a span from a place of a file on; gives what there was.</summary>
    private static ReadOnlySpan<byte> Read(SafeFileHandle file, long from, Span<byte> bytes)
    {
        int filled = 0;
        while (filled < bytes.Length && RandomAccess.Read(file, bytes[filled..], from + filled) is var read and > 0) filled += read;
        return bytes[..filled];
    }

    private static string Hex(byte[] sum) => Convert.ToHexStringLower(sum);
}
