using EvsNative.Kernels;

namespace EvsNative.Models.Flow;

/// <summary>
/// How well places of two pictures match: products of their features, each picture's with those of the other around the place that a flow
/// points to, on several levels of the other's. Features are pooled instead of products, which are the same numbers, so the products of all
/// places with all are never made.
/// </summary>
internal sealed class Correlation
{
    private readonly Tensor[] _first, _second;
    private readonly AmtConfig _config;

    private Correlation(Tensor[] first, Tensor[] second, AmtConfig config) => (_first, _second, _config) = (first, second, config);

    /// <summary>What is looked up from one picture in the other: [1,H/8,W/8,channels].</summary>
    public Shape Looked => _first[0].Shape with { C = _config.Looked };

    /// <summary>Rents the levels that are looked up.</summary>
    /// <param name="d">the device</param>
    /// <param name="features">[2,H/8,W/8,C] of both pictures</param>
    /// <param name="config">sizes</param>
    public static Correlation Of(Device d, Tensor features, AmtConfig config)
    {
        var levels = new Tensor[config.Levels];
        levels[0] = features;
        for (int i = 1; i < levels.Length; i++)
        {
            var s = levels[i - 1].Shape;
            levels[i] = d.Rent(s with { H = s.H / 2, W = s.W / 2 });
            d.Kernels.AveragePool(levels[i], levels[i - 1]);
        }

        return new Correlation([.. levels.Select(level => level.Images(0, 1))], [.. levels.Select(level => level.Images(1, 1))], config);
    }

    /// <summary>
    /// The flow from one picture to the other is twice that from the frame in the middle, whose pixels stand for those of both.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="flow">[1,H/8,W/8,4]</param>
    /// <param name="inSecond">[1,H/8,W/8,channels]: the first picture's places in the second</param>
    /// <param name="inFirst">[1,H/8,W/8,channels]: the second picture's places in the first</param>
    public void Look(Device d, Tensor flow, Tensor inSecond, Tensor inFirst)
    {
        d.Kernels.Lookup(inSecond, _first[0], _second, flow, _config.Radius, FlowPair.Second, scale: 2);
        d.Kernels.Lookup(inFirst, _second[0], _first, flow, _config.Radius, FlowPair.First, scale: 2);
    }
}
