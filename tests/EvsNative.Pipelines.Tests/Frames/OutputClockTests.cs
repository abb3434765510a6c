using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Times as whole numbers, without a file.</summary>
public sealed class OutputClockTests
{
    [Theory]
    [InlineData("8")]
    [InlineData("24000/1001")]
    [InlineData("12.5")]
    public void Without_a_time_base_frames_follow_by_the_rate(string rate)
    {
        var (clock, step) = Clock(rate, null);
        Assert.Equal(step, clock.Unit);
        // Whatever their stamps.
        Assert.Equal([0, 1, 2], new[] { 0.0, 5, 6 }.Select(seconds => clock.Next(TimeSpan.FromSeconds(seconds))));
        Assert.True(clock.IsEven);
    }

    [Fact]
    public void Fine_times_are_kept_to_the_unit()
    {
        var (clock, _) = Clock("24", "1/90000");
        long[] units = [.. Enumerable.Range(0, 2000).Select(n => n * 3753L + n % 7 * 11)];
        Assert.Equal(units, units.Select(n => clock.Next(TimeSpan.FromTicks((long)Math.Round(n * 1e7 / 90000)))));
        Assert.False(clock.IsEven);
    }

    [Theory]
    [InlineData("24000/1001", 24000, 1001)]
    [InlineData("30000/1001", 30000, 1001)]
    [InlineData("30", 3000, 100)]
    public void Rounded_to_milliseconds_even_frames_get_their_exact_times_back(string rate, int ticks, int step)
    {
        var (clock, frame) = Clock(rate, "1/1000");
        Assert.Equal(ticks, clock.Unit.Denominator);
        for (int n = 0; n < 500; n++)
            Assert.Equal((long)n * step, clock.Next(TimeSpan.FromMilliseconds(Math.Round(n * 1000 * frame.Value))));
        Assert.True(clock.IsEven);
        // 500 * 1001 / 24000 s and a pause.
        Assert.Equal(40_000 * ticks / 1000, clock.Next(TimeSpan.FromSeconds(40)));
        Assert.False(clock.IsEven);
    }

    [Fact]
    public void Uneven_milliseconds_are_kept()
    {
        var (clock, _) = Clock("30/7", "1/1000");
        long[] given = [0, 100, 200, 1200, 1300, 1400];
        long[] told = [.. given.Select(n => clock.Nanoseconds(clock.Next(TimeSpan.FromMilliseconds(n))) / 1_000_000)];
        Assert.Equal(given, told);
        Assert.False(clock.IsEven);
    }

    [Fact]
    public void Time_never_stands_still()
    {
        var (clock, _) = Clock("24", "1/100");
        long[] told = [.. new[] { 0, 1, 2, 30 }.Select(n => clock.Next(TimeSpan.FromMilliseconds(n)))];
        Assert.All(told.Zip(told.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    private static (OutputClock Clock, Rational Frame) Clock(string rate, string? unit)
    {
        var exact = rate == "12.5" ? new Rational(25, 2) : Rational.Parse(rate)!.Value;
        return (new OutputClock(new VideoFormat(2, 2, exact) { TimeBase = Rational.Parse(unit) }), exact.Inverse());
    }
}
