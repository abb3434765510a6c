using EvsNative.Kernels;

namespace EvsNative.Layers.Tests.Modules;

/// <summary>Records features by name on the device, and injects them into another pass.</summary>
internal sealed class Tape(Device d) : IFeatureTap
{
    private readonly Dictionary<string, Tensor> _recorded = [];

    /// <summary>Names in the order in which they were offered.</summary>
    public List<string> Offered { get; } = [];

    /// <summary>The recorded tensor of this name.</summary>
    public Tensor this[string name] => _recorded[name];

    /// <summary>A tap that gives back what was recorded under these names, or under all.</summary>
    public IFeatureTap Injecting(float gamma, params string[] names) =>
        new Injector(_recorded.Where(r => names.Length == 0 || names.Contains(r.Key)).ToDictionary(), gamma);

    public bool Wants(string name) => true;

    public Injection? Injected(string name) => null;

    public void Observe(string name, Tensor own)
    {
        Offered.Add(name);
        var kept = d.Allocate(own.Shape);
        d.Kernels.Copy(kept, own);
        _recorded.Add(name, kept);
    }

    private sealed class Injector(Dictionary<string, Tensor> recorded, float gamma) : IFeatureTap
    {
        public bool Wants(string name) => recorded.ContainsKey(name);

        public Injection? Injected(string name) => recorded.TryGetValue(name, out var tensor) ? new Injection(tensor, gamma) : null;

        public void Observe(string name, Tensor own) { }
    }
}
