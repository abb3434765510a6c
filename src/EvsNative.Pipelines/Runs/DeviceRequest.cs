using EvsNative.Kernels;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Runs;

/// <summary>What was said about where to compute.</summary>
/// <param name="Wish">which device</param>
/// <param name="Precision">how activations are stored; the device's usual way if absent</param>
/// <param name="Threads">threads of the processor</param>
public sealed record DeviceRequest(DeviceWish Wish, ElementType? Precision, int Threads)
{
    /// <summary>The best device that works, in its usual precision.</summary>
    public static DeviceRequest Usual { get; } = new(DeviceWish.Auto, null, Environment.ProcessorCount);

    /// <summary>Factors stored as float32 are multiplied whole, where tensor cores would round them.</summary>
    public bool KeepsFactors { get; init; }

    /// <summary>What choices say about it.</summary>
    public static DeviceRequest Of(Choices choices) =>
        new(choices.Resolve(DeviceSettings.Device), choices.Get(DeviceSettings.Precision), choices.Resolve(DeviceSettings.Threads));

    /// <summary>Opens the device.</summary>
    /// <param name="choice">which it is, and why not the ones before it</param>
    /// <param name="objection">says why an opened device does not suffice</param>
    /// <param name="survey">what there is, where that has been asked already</param>
    /// <exception cref="DeviceException">none can be used</exception>
    public Device Open(out DeviceChoice choice, Func<Device, string?>? objection = null, DeviceSurvey? survey = null)
    {
        choice = new DeviceChoice(Wish, Precision, survey);
        return choice.Open(new DeviceOptions(Threads: Threads, KeepsFactors: KeepsFactors), objection);
    }
}
