using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

public sealed class RationalTests
{
    [Theory]
    [InlineData("30000/1001", 30000, 1001)]
    [InlineData("50/2", 25, 1)]
    [InlineData("8", 8, 1)]
    [InlineData("4:3", 4, 3)]
    public void Ratios_are_read_and_reduced(string text, int numerator, int denominator)
    {
        var ratio = Rational.Parse(text);
        Assert.Equal(new Rational(numerator, denominator), ratio);
    }

    [Theory]
    [InlineData("0/0")]
    [InlineData("0:1")]
    [InlineData("")]
    [InlineData("N/A")]
    [InlineData("1/2/3")]
    [InlineData("-8")]
    [InlineData("99999999999/1")]
    public void What_is_no_positive_ratio_is_nothing(string text) => Assert.Null(Rational.Parse(text));

    [Fact]
    public void It_prints_what_ffmpeg_reads()
    {
        Assert.Equal("30000/1001", new Rational(60000, 2002).ToString());
        Assert.Equal("8", new Rational(16, 2).ToString());
        Assert.Equal("29.97", new Rational(30000, 1001).ToDecimal());
    }

    [Fact]
    public void Near_ratios_are_told_apart()
    {
        Assert.True(new Rational(30000, 1001) < new Rational(30, 1));
        Assert.True(new Rational(int.MaxValue, int.MaxValue - 1) > new Rational(int.MaxValue - 1, int.MaxValue - 2).Inverse());
    }
}
