using EvsNative.Kernels;
using EvsNative.Kernels.Cards;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>
/// A whole run on cards against a sum that was made otherwise: by another program, from the networks' sizes alone (the table of what is
/// expected; it takes the autoencoder in binary16, as here for that reason).
/// </summary>
public sealed class PredictionTests
{
    [Theory]
    [InlineData("h100", 6.2, 55.5)]
    [InlineData("h200", 6.1, 55.4)]
    [InlineData("a100", 10.3, 120)]
    [InlineData("rtx4090", 14.9, 45)]
    public void A_run_of_the_papers_size_agrees_with_an_independent_sum(string word, double onTensorCores, double portable)
    {
        var card = GpuCards.All.Single(card => card.Word == word);
        using var parts = FormulaModels.Open("sd15");
        using var d = Device.Open(new DeviceOptions(Backend.Null, Precision: ElementType.Float16, Profile: card.Caps));
        var config = new EvsConfig { ImageScheduler = parts.ImageScheduler, Motion = parts.MotionProfile };
        var forecast = Forecast.Of(parts, new Shape(16, 1024, 640, 3), "a clip", config, d);

        // Whatever the kernels of today are: all of them of one kind.
        double Seconds(string kernel) => forecast.Phases.Sum(phase => CardPrediction.Of(
            card, phase.Calls.Select(call => KeyValuePair.Create(
                call.Key with { Kernel = kernel, Work = call.Key.Work with { Type = ElementType.Float16 } }, call.Value))).Seconds);
        Assert.InRange(Seconds("Tensor") / onTensorCores, 0.92, 1.08);
        Assert.InRange(Seconds("Portable") / portable, 0.92, 1.08);
        double actual = forecast.Phases.Sum(phase => phase.On(card).Seconds);
        Assert.InRange(actual, 0.95 * Seconds("Tensor"), 1.05 * Seconds("Portable"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{Seconds("Tensor"):F2} s, {Seconds("Portable"):F2} s, today {actual:F2} s");
    }
}
