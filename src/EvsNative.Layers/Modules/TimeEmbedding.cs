using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>A timestep as the vector that every resnet of the U-Net is told: waves, then two linear layers.</summary>
public sealed class TimeEmbedding
{
    private readonly Linear _linear1, _linear2;
    private readonly int _inChannels, _outChannels;
    private readonly string _path;

    /// <summary>Reads <c>linear_1</c> and <c>linear_2</c>.</summary>
    public TimeEmbedding(WeightSource w, int inChannels, int outChannels)
    {
        _path = w.Path;
        (_inChannels, _outChannels) = (inChannels, outChannels);
        _linear1 = new Linear(w / "linear_1", inChannels, outChannels);
        _linear2 = new Linear(w / "linear_2", outChannels, outChannels);
    }

    /// <param name="d">the device</param>
    /// <param name="timestep">0..999, a fraction where the sampler wants one</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[1,1,1,T], for all images; no activation at the end</returns>
    public Tensor Forward(Device d, float timestep, Tensor? into = null)
    {
        var y = into ?? d.Rent(Shape.Vector(_outChannels));
        using var scope = d.Enter(_path);

        var waves = d.Upload(Sinusoids.Timestep(timestep, _inChannels), Shape.Vector(_inChannels));
        return _linear2.Forward(d, _linear1.Forward(d, waves, activation: Activation.Silu), into: y);
    }
}
