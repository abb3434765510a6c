namespace EvsNative.Kernels.Tests;

public sealed class ThreadCountTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Every_operation_gives_the_bits_of_one_thread(int threads)
    {
        using Device one = Device.Open(new DeviceOptions(Threads: 1)), several = Device.Open(new DeviceOptions(Threads: threads));
        using Device.Scope scope = one.Enter("test"), other = several.Enter("test");
        foreach (var (wanted, got) in EveryOperation.Of(one).Zip(EveryOperation.Of(several)))
        {
            wanted.Run();
            float[] bits = wanted.Result();
            // Several times, since threads share the items in another way each time.
            for (int time = 0; time < 5; time++)
            {
                got.Run();
                Assert.True(bits.AsSpan().SequenceEqual(got.Result()), $"{got.Name}: {threads} threads give other numbers than one");
            }
        }
    }
}
