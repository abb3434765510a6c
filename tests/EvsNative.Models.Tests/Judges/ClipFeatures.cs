using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Judges;

/// <summary>Keeps everything that a network offers on the host, one clip behind the other, channels last.</summary>
internal sealed class ClipFeatures(Device d) : IFeatureTap
{
    private readonly Dictionary<string, (int Channels, List<float> Values)> _kept = [];

    /// <summary>How many names have been offered.</summary>
    public int Count => _kept.Count;

    /// <summary>The numbers of all clips and how many are a token's.</summary>
    public (int Channels, float[] Values) this[string name] => (_kept[name].Channels, [.. _kept[name].Values]);

    public bool Wants(string name) => true;

    public Injection? Injected(string name) => null;

    public void Observe(string name, Tensor own)
    {
        if (!_kept.TryGetValue(name, out var feature)) _kept[name] = feature = (own.Shape.C, []);
        feature.Values.AddRange(d.Download(own));
    }
}
