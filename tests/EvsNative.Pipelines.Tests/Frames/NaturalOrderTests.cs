using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

public sealed class NaturalOrderTests
{
    [Fact]
    public void Numbers_in_names_count_as_numbers()
    {
        string[] ordered =
        [
            "0.png", "1.png", "2.png", "10.png", "a1b2.png", "a1b10.png", "a2.png", "frame2.png", "frame02x.png", "frame10.png",
            "frame123456789012345678901.png",
        ];
        string[] shuffled = [.. ordered];
        new Random(5).Shuffle(shuffled);
        Assert.NotEqual(ordered, shuffled);
        Assert.Equal(ordered, shuffled.Order(NaturalOrder.Instance));
    }

    [Fact]
    public void Names_that_differ_in_zeros_only_have_an_order_too() =>
        Assert.True(NaturalOrder.Instance.Compare("f01.png", "f1.png") != 0 && NaturalOrder.Instance.Compare("f01.png", "f01.png") == 0);
}
