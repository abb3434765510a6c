using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// The weights of a network on a device. Each tensor is read and uploaded once, however many networks ask for it (image and video model share
/// theirs). Missing, misshapen and non-finite tensors are collected and reported together by <see cref="Verify"/>, left-over ones too.
/// </summary>
public sealed class WeightStore(Device device, IWeightFile file)
{
    private readonly Dictionary<string, object> _loaded = [];

    /// <summary>The top folder.</summary>
    public WeightSource Root => new(this, "");

    /// <summary>Throws an <see cref="InputException"/> that lists everything wrong with the checkpoint.</summary>
    public void Verify() => throw new NotSupportedException($"{device} {file} {_loaded}");

    internal bool HasAnyUnder(string path) => throw new NotSupportedException(path);

    internal Tensor Tensor(string name, long[] stored, Shape shape) => throw new NotSupportedException(name);

    internal Tensor Vectors(string[] names, int length) => throw new NotSupportedException();

    internal Filter Filter(string[] names, FilterShape shape) => throw new NotSupportedException();

    internal void Ignore(string name) => throw new NotSupportedException(name);
}
