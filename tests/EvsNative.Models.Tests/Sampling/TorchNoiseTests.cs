using EvsNative.Kernels;

namespace EvsNative.Models.Tests.Sampling;

public sealed class TorchNoiseTests
{
    [Fact]
    public void Begins_as_torch_does()
    {
        float[] y = new TorchNoise(42).Normal(64);
        Assert.Equal(1.9269153, y[0], 3e-7);
        Assert.Equal(1.4872841, y[1], 3e-7);
        Assert.Equal(0.9007172, y[2], 3e-7);
    }

    [Fact]
    public void The_last_sixteen_of_an_odd_count_are_drawn_anew()
    {
        float[] even = new TorchNoise(3).Normal(48), odd = new TorchNoise(3).Normal(37);
        Assert.Equal(even[..16], odd[..16]);
        Assert.NotEqual(even[21..37], odd[21..37]);
        Assert.All(odd, x => Assert.InRange(x, -6, 6));
    }

    [Fact]
    public void Numbers_are_standard_normal()
    {
        double[] y = [.. new TorchNoise(5).Normal(200_000).Select(x => (double)x)];
        Assert.Equal(0, y.Average(), 0.01);
        Assert.Equal(1, y.Average(x => x * x), 0.01);
        Assert.Equal(3, y.Average(x => x * x * x * x), 0.06);
    }

    [Fact]
    public void Channels_move_last()
    {
        var shape = new Shape(2, 2, 3, 4);
        float[] planar = [.. Enumerable.Range(0, 48).Select(i => (float)i)];
        float[] y = TorchNoise.ChannelsLast(planar, shape);
        for (int n = 0; n < 2; n++)
        {
            for (int p = 0; p < 6; p++)
            {
                for (int c = 0; c < 4; c++) Assert.Equal((n * 24) + (c * 6) + p, y[(((n * 6) + p) * 4) + c]);
            }
        }
    }
}
