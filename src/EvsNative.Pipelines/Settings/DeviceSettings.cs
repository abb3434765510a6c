using EvsNative.Kernels;
using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Settings;

/// <summary>Where to compute, and with how much memory. No result depends on the number of threads.</summary>
public static class DeviceSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("device");

    /// <summary>The device.</summary>
    public static Setting<DeviceWish> Device { get; } = Group.Add(new Setting<DeviceWish>(
        "device", Wordings.Device, "auto, cpu, cuda:0 or opencl:0")
    {
        IsCommon = true,
        Default = "auto, the best",
        Example = "cpu",
        Unsettles = () => [Precision!],
        Resolve = wish => wish ?? DeviceWish.Auto,
    });

    /// <summary>How the U-Net stores activations.</summary>
    public static Setting<ElementType> Precision { get; } = Group.Add(new Setting<ElementType>(
        "precision", Wordings.OneOf(("fp16", ElementType.Float16), ("fp32", ElementType.Float32)), "how the U-Net stores activations")
    {
        Default = "fp16 on GPUs",
        Example = "fp32",
    });

    /// <summary>Threads of the processor. What the process may use follows its affinity and its container's limit.</summary>
    public static Setting<int> Threads { get; } = Group.Add(new Setting<int>(
        "threads", Wordings.Whole, "processor threads")
    {
        Default = "0, all it may use",
        Example = "1",
        Between = new SettingRange(0, 1024),
        Resolve = count => count == 0 ? Environment.ProcessorCount : count,
    });

    /// <summary>The most that a run may take.</summary>
    public static Setting<long> MaxMemory { get; } = Group.Add(new Setting<long>(
        "max-memory", Wordings.Bytes, "the most that the run may take")
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
