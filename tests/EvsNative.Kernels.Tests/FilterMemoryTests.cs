namespace EvsNative.Kernels.Tests;

public sealed class FilterMemoryTests
{
    [Fact]
    public void A_filter_that_is_given_back_takes_no_memory_and_cannot_be_given_back_twice()
    {
        using var d = Device.Open();
        var filter = d.Pack(new FilterShape(8, 4), new float[32]);
        Assert.True(d.PersistentBytes > 0);
        d.Free(filter);
        Assert.Equal(0, d.PersistentBytes);
        Assert.Throws<ArgumentException>(() => d.Free(filter));
    }
}
