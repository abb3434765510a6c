using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>A rectifier with a slope below zero for each channel: y = z where z is 0 or more, else slope z; z = x + residual.</summary>
public sealed class Prelu
{
    private readonly Tensor _slope;
    private readonly string _path;

    /// <summary>Reads <c>weight</c>, the slopes.</summary>
    public Prelu(WeightSource w, int channels) : this(w.Path, w.Vector("weight", channels)) { }

    /// <summary>The same for channels with <see cref="ChannelRoom"/> behind them.</summary>
    public static Prelu Roomy(WeightSource w, int channels) =>
        new(w.Path, ChannelRoom.Vector(w, "weight", channels, ChannelRoom.Of(channels)));

    private Prelu(string path, Tensor slope) => (_path, _slope) = (path, slope);

    /// <summary>The same slope for all channels, which no file holds: 0 makes the plain rectifier, a small number the leaky one.</summary>
    public static Prelu Of(WeightSource w, int channels, float slope) =>
        new(w.Path, w.Constant(() => [.. Enumerable.Repeat(slope, channels)], Shape.Vector(channels)));

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="residual">the shape of x, added before</param>
    /// <param name="into">where to write, it may be x or the residual; rented if absent</param>
    /// <returns>[N,H,W,C]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? residual = null, Tensor? into = null)
    {
        var y = into ?? d.Rent(x.Shape, x.Type);
        using var scope = d.Enter(_path);
        d.Kernels.Prelu(y, x, _slope, residual);
        return y;
    }
}
