using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Flow;

/// <summary>
/// What a picture shows, at a half, a quarter, an eighth and a sixteenth of its size: what the decoders make their frame of.
/// </summary>
internal sealed class PyramidEncoder
{
    private readonly (RectifiedConv Halving, RectifiedConv Second, int Channels, string Path)[] _levels;

    /// <summary>Reads the levels, the finest first.</summary>
    public PyramidEncoder(WeightSource w, IReadOnlyList<int> channels)
    {
        _levels = [.. channels.Select((own, i) =>
        {
            var level = w / ("pyramid" + (i + 1).ToString(CultureInfo.InvariantCulture));
            return (RectifiedConv.Learned(level / "0", i == 0 ? 3 : channels[i - 1], own, stride: 2),
                RectifiedConv.Learned(level / "1", own, own), own, level.Path);
        })];
    }

    /// <summary>Room for what <see cref="Forward"/> makes of pictures of this shape, the finest level first.</summary>
    public Tensor[] Rent(Device d, Shape pictures) =>
        [.. _levels.Select((level, i) => d.Rent(new Shape(pictures.N, pictures.H >> (i + 1), pictures.W >> (i + 1), level.Channels)))];

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,3], sides multiples of 16, the mean colour at 0</param>
    /// <param name="into">where to write, as <see cref="Rent"/> gives it</param>
    /// <param name="tap">is offered each level</param>
    public void Forward(Device d, Tensor x, Tensor[] into, IFeatureTap? tap)
    {
        for (int i = 0; i < _levels.Length; i++)
        {
            var (halving, second, _, path) = _levels[i];
            using var scope = d.Enter(path);
            x = second.Forward(d, halving.Forward(d, x), into: into[i]);
            tap?.Observe(path, x);
        }
    }
}
