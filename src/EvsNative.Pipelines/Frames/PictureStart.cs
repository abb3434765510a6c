using System.Buffers.Binary;
using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;
using Microsoft.Win32.SafeHandles;

namespace EvsNative.Pipelines.Frames;

/// <summary>What a frame's file says of itself before it is decoded.</summary>
internal static class PictureStart
{
    private const int ChunkHeader = 8, ChunkSum = 4, PngSignature = 8, MostChunks = 1000;

    /// <summary>Reads its first bytes; a JPEG's header is further inside, and so is what a PNG says of opacity.</summary>
    /// <exception cref="InputException">it is no picture that is read here, or a broken one</exception>
    public static PictureHeader Read(string file)
    {
        using var handle = OrdinaryFile.Open(file);
        try
        {
            long length = RandomAccess.GetLength(handle);
            byte[] start = new byte[FileKinds.StartBytes];
            start = start[..RandomAccess.Read(handle, start, 0)];
            var kind = FileKinds.Of(start, length);
            if (kind == FileKind.WebP) return OfWebP(start, file);
            if (kind == FileKind.Jpeg) start = OrdinaryFile.ReadAll(file, InputLimits.PictureBytes, "a frame");
            var header = PictureHeader.Read(start, length, file);
            return kind == FileKind.Png && !header.HasAlpha ? header with { HasAlpha = HasTransparentColors(handle, length) } : header;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, file);
        }
    }

    private static PictureHeader OfWebP(byte[] start, string file)
    {
        try
        {
            if (WebPFile.IsMoving(start))
            {
                throw new InputException(
                    InputCode.WrongKind, $"{file} is an animated WebP, a clip of its own: give the file, or a folder of single pictures");
            }

            var (width, height, hasAlpha) = WebPFile.Size(start);
            ProbedVideo.CheckSize(file, width, height);
            return new PictureHeader(FileKind.WebP, width, height, 8, 0) { HasAlpha = hasAlpha };
        }
        catch (InvalidDataException e)
        {
            throw PictureHeader.Damaged(FileKind.WebP, file, e);
        }
    }

    /// <summary>Whether a chunk tRNS stands before a PNG's picture: colours that are transparent.</summary>
    private static bool HasTransparentColors(SafeFileHandle handle, long length)
    {
        byte[] chunk = new byte[ChunkHeader];
        long at = PngSignature;
        for (int i = 0; i < MostChunks && at + ChunkHeader <= length; i++)
        {
            if (RandomAccess.Read(handle, chunk, at) < ChunkHeader || chunk.AsSpan(4).SequenceEqual("IDAT"u8)) return false;
            if (chunk.AsSpan(4).SequenceEqual("tRNS"u8)) return true;
            at += ChunkHeader + ChunkSum + BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }

        return false;
    }
}
