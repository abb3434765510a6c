using System.Security.Cryptography;
using System.Text;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>Where bugs stood, by hashes of their kinds and neighbours: a bug at a place that is alike is not tried again.</summary>
/// <param name="Noticed">of those that a call noticed</param>
/// <param name="Harmless">of those that nobody noticed and that have a reason</param>
internal sealed record TensorMutantPlaces(HashSet<ulong> Noticed, HashSet<ulong> Harmless)
{
    /// <summary>The hash of a place.</summary>
    public static ulong Of(string place) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(place)));
}
