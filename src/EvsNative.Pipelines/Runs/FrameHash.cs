using System.Security.Cryptography;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// The first letters of the SHA-256 of all frames' bytes, in order, 8-bit RGB: it tells whether frames, page and numbers belong together.
/// </summary>
internal sealed class FrameHash : IDisposable
{
    private const int Letters = 16;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Takes the next frame, [H,W,3].</summary>
    public void Add(ReadOnlySpan<byte> rgb) => _hash.AppendData(rgb);

    /// <summary>The hash of the frames so far, in lower case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(_hash.GetCurrentHash())[..Letters];

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
