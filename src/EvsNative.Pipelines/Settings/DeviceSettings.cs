using EvsNative.Kernels;

namespace EvsNative.Pipelines.Settings;

/// <summary>Where to compute. No result depends on the number of threads.</summary>
public static class DeviceSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("device");

    /// <summary>The device.</summary>
    public static Setting<DeviceWish> Device { get; } = Group.Add(new Setting<DeviceWish>(
        "device", Wordings.Device, "auto, cpu, cuda:0 or opencl:0")
    {
        IsCommon = true,
        Default = "auto, which is CUDA, else an OpenCL GPU, else the processor",
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
}
