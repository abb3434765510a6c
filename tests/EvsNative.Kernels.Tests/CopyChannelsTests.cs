using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class CopyChannelsTests(Agreement devices) : IClassFixture<Agreement>
{
    [Fact]
    public void Channels_go_from_any_place_to_any_place_and_the_others_stay()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var draw = new Draw(seed);
            int step = draw.Of(1, 1, 4, 8), to = step * draw.Whole(0, 4), from = step * draw.Whole(0, 4), count = step * draw.Whole(1, 5);
            var pixels = new Shape(draw.Whole(1, 3), draw.Whole(1, 70), draw.Whole(1, 80), 0);
            var old = Values.Halves(draw, pixels with { C = to + count + (step * draw.Whole(0, 2)) });
            var x = Values.Halves(draw, pixels with { C = from + count + (step * draw.Whole(0, 2)) });
            devices.Check(Pointwises.Copied(old, to, x, from, count), 0, $"seed {seed}: {from} of {x.Shape} to {to} of {old.Shape}", d =>
            {
                var y = old.On(d);
                d.Kernels.CopyChannels(y, to, x.On(d), from, count);
                return y;
            });
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        using var scope = d.Enter("m");
        Tensor x = d.Rent(new Shape(2, 4, 5, 3)), y = d.Rent(new Shape(2, 4, 5, 7));
        Refused("channels 5..7 of y [2,4,5,7], 1 or more of 0..6 were expected", y, 5, x, 0, 3);
        Refused("channels 1..3 of x [2,4,5,3], 1 or more of 0..2 were expected", y, 0, x, 1, 3);
        Refused("channels -1..1 of x [2,4,5,3], 1 or more of 0..2 were expected", y, 0, x, -1, 3);
        Refused("channels 0..-1 of y [2,4,5,7], 1 or more of 0..6 were expected", y, 0, x, 0, 0);
        Refused("x [1,4,5,3] has the wrong shape, [2,4,5,3] was expected", y, 0, x.Images(0, 1), 0, 3);
        Refused("y [2,4,5,7] and x [2,4,5,3] Float16, one type was expected", y, 0, d.Rent(x.Shape, ElementType.Float16), 0, 3);
        Refused("the destination [2,4,5,7] overlaps x [2,4,5,7], memory of its own was expected", y, 0, y, 3, 3);

        d.Kernels.CopyChannels(y, 4, x, 0, 3);
        Assert.Equal(4 * 2 * 40 * 3, d.Counting!.TotalBytes);

        void Refused(string message, Tensor y, int to, Tensor x, int from, int count)
        {
            var error = Assert.Throws<ArgumentException>(() => d.Kernels.CopyChannels(y, to, x, from, count));
            Assert.Equal($"CopyChannels: {message} (at m)", error.Message);
        }
    }
}
