using EvsNative.Models.Evs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Memory;

/// <summary>How much of a run is in memory at a time: what was asked for, or what a planner made of it.</summary>
/// <param name="FramesPerPass">frames that the image model and the autoencoder see in one pass; 0 for as many as a window has</param>
/// <param name="VaeTiling">rows of latents in a tile of the autoencoder; 0 for whole pictures</param>
/// <param name="Weights">when the weights are on the device</param>
/// <param name="Window">frames that the video model sees at once; null for its usual number</param>
internal sealed record MemoryPlan(int FramesPerPass, int VaeTiling, WeightPlan Weights, int? Window)
{
    /// <summary>What was asked for, and the defaults where nothing was.</summary>
    public static MemoryPlan Asked(Choices choices, EvsConfig config) => new(
        config.FramesPerPass,
        config.VaeTiling,
        new WeightPlan(choices.Resolve(DeviceSettings.Weights), choices.Get(DeviceSettings.HalveWeights) == true),
        choices.Get(MethodSettings.Window));

    /// <summary>The method's choices with this plan's.</summary>
    public EvsConfig Over(EvsConfig config)
    {
        var planned = config with { FramesPerPass = FramesPerPass, VaeTiling = VaeTiling };
        if (Window is not { } window) return planned;
        planned = planned with { Window = window };
        return planned.WindowOverlap < window ? planned : planned with { WindowOverlap = window - 1 };
    }

    /// <summary>True if both give the same result to the bit.</summary>
    public bool HasNumbersOf(MemoryPlan other) =>
        (VaeTiling, Window, Weights.IsHalved) == (other.VaeTiling, other.Window, other.Weights.IsHalved);

    /// <summary>The plan as choices, over others: what a summary and a recipe tell.</summary>
    public Choices Over(Choices choices)
    {
        var planned = new Choices("the memory plan")
            .With(PictureSettings.FramesPerPass, FramesPerPass)
            .With(PictureSettings.VaeTiling, VaeTiling)
            .With(DeviceSettings.Weights, Weights.Stay);
        if (Weights.IsHalved) planned = planned.With(DeviceSettings.HalveWeights, true);
        if (Window is { } window) planned = planned.With(MethodSettings.Window, window);
        return planned.Over(choices);
    }

    /// <summary>In words, such as "4 frames a pass, weights in turn"; "everything at once" where nothing is saved.</summary>
    public override string ToString()
    {
        string?[] words =
        [
            FramesPerPass > 0 ? $"{FramesPerPass} {(FramesPerPass == 1 ? "frame" : "frames")} a pass" : null,
            VaeTiling > 0 ? $"the autoencoder in tiles of {VaeTiling} rows" : null,
            Weights.Stay switch
            {
                WeightStay.InTurn => "weights in turn",
                WeightStay.Streamed when Weights.KeptBytes > 0 => $"weights streamed but for {Weights.KeptBytes / 1e9:F1} GB",
                WeightStay.Streamed => "weights streamed",
                _ => null,
            },
            Weights.IsHalved ? "weights of 16 bits" : null,
            Window is { } window ? $"windows of {window} frames" : null,
        ];
        string[] said = [.. words.OfType<string>()];
        return said.Length == 0 ? "everything at once" : string.Join(", ", said);
    }
}
