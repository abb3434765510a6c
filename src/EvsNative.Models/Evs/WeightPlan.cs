namespace EvsNative.Models.Evs;

/// <summary>When the networks' weights are on the device.</summary>
public enum WeightStay
{
    /// <summary>All of them, from the first to the last moment; each is read once.</summary>
    Kept,

    /// <summary>Text encoder, encoder, U-Net with motion modules and decoder, each while it works.</summary>
    InTurn,

    /// <summary>In turn, and of the U-Net only the part of a layer that a pass is at.</summary>
    Streamed,
}

/// <summary>What a run does with its weights to be smaller. No plan changes the result, but for halving.</summary>
/// <param name="Stay">when they are on the device</param>
/// <param name="IsHalved">
/// filters of all networks that files store in 32 bits are kept in 16; the U-Net's are on devices that compute in float16 in any case
/// </param>
/// <param name="KeptBytes">
/// <see cref="WeightStay.Streamed"/>: as many parts of the U-Net's layers as fit into these bytes stay during the refinement; first and
/// last convolution and the embedding of time do in any case
/// </param>
public sealed record WeightPlan(WeightStay Stay = WeightStay.Kept, bool IsHalved = false, long KeptBytes = 0)
{
    /// <summary>Everything stays, as it is stored.</summary>
    public static WeightPlan Default { get; } = new();
}
