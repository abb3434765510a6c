using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Networks;

/// <summary>Keeps named features of a pass on the host, and can give them back to another pass.</summary>
/// <param name="d">the device of both passes</param>
/// <param name="names">what to keep</param>
internal sealed class Features(Device d, IEnumerable<string> names) : IFeatureTap
{
    private readonly HashSet<string> _names = [.. names];
    private readonly Dictionary<string, (Shape Shape, float[] Values)> _kept = [];

    /// <summary>How many of the names have been offered.</summary>
    public int Count => _kept.Count;

    /// <summary>The feature in the reference's layout.</summary>
    public float[] this[string name] => Nchw.From(_kept[name].Values, _kept[name].Shape);

    /// <summary>A tap that injects what was kept; queries are blended with this weight.</summary>
    public IFeatureTap Injecting(float gamma) => new Giving(d, _kept, gamma);

    public bool Wants(string name) => _names.Contains(name);

    public Injection? Injected(string name) => null;

    public void Observe(string name, Tensor own)
    {
        if (Wants(name)) _kept.Add(name, (own.Shape, d.Download(own)));
    }

    private sealed class Giving(Device d, Dictionary<string, (Shape Shape, float[] Values)> kept, float gamma) : IFeatureTap
    {
        public bool Wants(string name) => kept.ContainsKey(name);

        public Injection? Injected(string name)
        {
            if (!kept.TryGetValue(name, out var feature)) return null;
            var tensor = d.Allocate(feature.Shape);
            d.Write(tensor, feature.Values);
            return new Injection(tensor, gamma);
        }

        public void Observe(string name, Tensor own) { }
    }
}
