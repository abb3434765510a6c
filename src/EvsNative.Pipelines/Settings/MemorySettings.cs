using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Settings;

/// <summary>How much memory a run takes, and what it does to take less.</summary>
public static class MemorySettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("memory");

    /// <summary>The most that a run may take.</summary>
    public static Setting<long> MaxMemory { get; } = Group.Add(new Setting<long>(
        "max-memory", Wordings.Bytes, "the most that the run may take, of the GPU's memory or, on a processor, of the machine's")
    {
        IsCommon = true,
        Default = "what is free",
        Example = "8GB",
    });

    /// <summary>When weights are on the device.</summary>
    public static Setting<WeightStay> Weights { get; } = Group.Add(new Setting<WeightStay>(
        "weights",
        Wordings.OneOf(("kept", WeightStay.Kept), ("in-turn", WeightStay.InTurn), ("streamed", WeightStay.Streamed)),
        "when weights are in memory: all the time, while their network works, or layer by layer; the result is the same")
    {
        Default = "kept if they fit",
        Example = "streamed",
        Resolve = stay => stay,
    });

    /// <summary>Weights of 32 bits in 16.</summary>
    public static Setting<bool> HalveWeights { get; } = Group.Add(new Setting<bool>(
        "halve-weights", Wordings.Flag, "keep weights in 16 bits that the files store in 32: half the memory, rounded numbers")
    {
        Example = "true",
    });
}
