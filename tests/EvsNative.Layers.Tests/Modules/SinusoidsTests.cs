namespace EvsNative.Layers.Tests.Modules;

/// <summary>Values printed by diffusers.</summary>
public sealed class SinusoidsTests
{
    /// <summary>
    /// Between two float32 exponentials that differ in the last bit lie 6e-5 rad at a timestep of 981; torch's is not the nearest one.
    /// </summary>
    [Theory]
    [InlineData(981, 0, 0.67995721)]
    [InlineData(981, 1, -0.79842919)]
    [InlineData(981, 2, 0.57806414)]
    [InlineData(981, 159, 0.9946059)]
    [InlineData(981, 160, 0.73325181)]
    [InlineData(981, 161, 0.60208869)]
    [InlineData(981, 162, 0.81599128)]
    [InlineData(981, 319, 0.10372588)]
    [InlineData(999, 0, 0.99964982)]
    [InlineData(999, 1, 0.80267751)]
    [InlineData(999, 160, -0.026460752)]
    [InlineData(999, 161, 0.59641331)]
    public void Timestep_has_cosines_before_sines(float timestep, int index, double value) =>
        Assert.Equal(value, Sinusoids.Timestep(timestep, 320)[index], 6.2e-5);

    [Fact]
    public void Timestep_may_be_a_fraction()
    {
        float[] y = Sinusoids.Timestep(0.5f, 320);
        Assert.Equal(Math.Cos(0.5), y[0], 1e-6);
        Assert.Equal(Math.Sin(0.5), y[160], 1e-6);
    }

    [Theory]
    [InlineData(1, 0, 0.84147096)]
    [InlineData(1, 1, 0.54030234)]
    [InlineData(1, 2, 0.80994648)]
    [InlineData(1, 3, 0.5865038)]
    [InlineData(1, 318, 0.00010592537)]
    [InlineData(1, 319, 1.0)]
    [InlineData(31, 0, -0.40403765)]
    [InlineData(31, 1, 0.91474235)]
    [InlineData(31, 2, -0.83687675)]
    [InlineData(31, 3, -0.54739136)]
    public void Positions_alternate_sine_and_cosine(int position, int channel, double value) =>
        Assert.Equal(value, Sinusoids.Positions(32, 320)[(position * 320) + channel], 1e-6);

    [Fact]
    public void Position_zero_is_zero_and_one_in_turn() =>
        Assert.Equal([.. Enumerable.Range(0, 64).Select(c => c % 2 == 0 ? 0f : 1f)], Sinusoids.Positions(1, 64));
}
