using EvsNative.Fuzz.Running;
using EvsNative.Kernels;
using EvsNative.Models;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Fuzz.Seeds;

/// <summary>What the product does with a model before it reads numbers: opens it, lays the choices over it, runs it on a device that does
/// nothing.</summary>
internal static class DryRun
{
    private static readonly Shape Clip = new(2, 32, 32, 3);

    /// <summary>Does it.</summary>
    /// <param name="folder">the model's</param>
    /// <param name="motion">motion modules, if not the model's own</param>
    /// <param name="lora">a LoRA to merge</param>
    public static void Of(string folder, string? motion = null, string? lora = null)
    {
        var choices = new Choices().With(ModelSettings.Model, folder).With(MethodSettings.ImageSteps, 5);
        if (motion is not null) choices = choices.With(ModelSettings.Motion, motion);
        if (lora is not null) choices = choices.With(ModelSettings.Loras, [new LoraChoice(lora, 0.5)]);
        var request = new RefineRequest(choices);
        using var parts = request.OpenModel();
        BrokenPromiseException.Unless(parts.UNet.Config.NormEps is > 0 and < 1, $"an epsilon of {parts.UNet.Config.NormEps}");
        float scale = parts.Vae.Config.ScalingFactor;
        BrokenPromiseException.Unless(float.IsFinite(scale) && scale > 0, $"a scale of {scale}");
        var config = request.Configure(parts);
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var forecast = Forecast.Of(parts, Clip, "a red balloon", config, d);
        BrokenPromiseException.Unless(forecast.Flops > 0 && forecast.PeakBytes > 0, "a run that costs nothing");
        foreach (var notice in parts.Notices) Judge.Check(notice);
    }
}
