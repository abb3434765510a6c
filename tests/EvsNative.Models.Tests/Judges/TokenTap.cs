using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Judges;

/// <summary>Keeps what a pass offers on the host, channels last as it is.</summary>
/// <param name="d">the device of the pass</param>
internal sealed class TokenTap(Device d) : IFeatureTap
{
    private readonly Dictionary<string, float[]> _kept = [];

    public float[] this[string name] => _kept[name];

    public bool Wants(string name) => true;

    public Injection? Injected(string name) => null;

    public void Observe(string name, Tensor own) => _kept.Add(name, d.Download(own));
}
