using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>
/// Features recorded by name and step on the way up, to be injected at the same steps on the way down. The copies live on the device
/// until the tape is disposed of, at the end of its stage.
/// </summary>
/// <param name="device">where the features lie</param>
/// <param name="names">which features</param>
/// <param name="gamma">weight of the recorded queries, whose names end with <c>.q</c>; everything else is replaced</param>
internal sealed class FeatureTape(Device device, IReadOnlySet<string> names, double gamma) : IDisposable
{
    private readonly Dictionary<(int Step, string Name), Tensor> _recorded = [];

    /// <summary>Bytes recorded.</summary>
    public long Bytes => _recorded.Values.Sum(t => t.Bytes);

    /// <summary>Copies what the network offers at step k.</summary>
    public IFeatureTap Recording(int k) => new Recorder(this, k);

    /// <summary>Puts what was recorded at step k in the place of the network's own; null if nothing was.</summary>
    public IFeatureTap? Injecting(int k) => _recorded.Keys.Any(key => key.Step == k) ? new Injector(this, k) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _recorded.Values) device.Free(tensor);
        _recorded.Clear();
    }

    private sealed class Recorder(FeatureTape tape, int step) : IFeatureTap
    {
        public bool Wants(string name) => tape.Names.Contains(name);

        public Injection? Injected(string name) => null;

        public void Observe(string name, Tensor own)
        {
            if (!Wants(name)) return;
            if (!tape._recorded.TryGetValue((step, name), out var copy))
                tape._recorded[(step, name)] = copy = tape.Device.Allocate(own.Shape, own.Type);
            tape.Device.Kernels.Copy(copy, own);
        }
    }

    private sealed class Injector(FeatureTape tape, int step) : IFeatureTap
    {
        public bool Wants(string name) => tape._recorded.ContainsKey((step, name));

        public Injection? Injected(string name) => tape._recorded.TryGetValue((step, name), out var recorded)
            ? new Injection(recorded, name.EndsWith(".q", StringComparison.Ordinal) ? tape.Gamma : 1)
            : null;

        public void Observe(string name, Tensor own) { }
    }

    private Device Device => device;

    private IReadOnlySet<string> Names => names;

    private float Gamma => (float)gamma;
}
