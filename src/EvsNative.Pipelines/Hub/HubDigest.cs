using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EvsNative.Pipelines.Hub;

/// <summary>The hash of a file, taken while its bytes come.</summary>
/// <param name="hash">which</param>
/// <param name="bytes">bytes of the whole file, which Git's hash begins with</param>
internal sealed class HubDigest(HubHash hash, long bytes) : IDisposable
{
    private readonly IncrementalHash? _running = Start(hash, bytes);

    /// <summary>Adds the bytes that come next.</summary>
    public void Add(ReadOnlySpan<byte> next) => _running?.AppendData(next);

    /// <summary>The hash in hexadecimal digits; null where there is nothing to try bytes against.</summary>
    public string? Digits() => _running is null ? null : Convert.ToHexStringLower(_running.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _running?.Dispose();

    private static IncrementalHash? Start(HubHash hash, long bytes)
    {
        if (hash == HubHash.None) return null;
        var running = IncrementalHash.CreateHash(hash == HubHash.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (hash == HubHash.GitBlob)
            running.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {bytes}\0")));
        return running;
    }
}
