namespace EvsNative.Layers.Archives;

/// <summary>A file in a zip archive, whose bytes stand there as they are.</summary>
/// <param name="Name">its name, with the folders before it</param>
/// <param name="Header">where its own header begins in the archive</param>
/// <param name="Bytes">its length</param>
/// <param name="Crc">the CRC-32 of its bytes, as the archive says</param>
internal sealed record ZipEntry(string Name, long Header, long Bytes, uint Crc);
