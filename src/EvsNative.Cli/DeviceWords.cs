using System.CommandLine;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Cli;

/// <summary>What was said about where to compute.</summary>
/// <param name="Wish">which device</param>
/// <param name="Precision">how activations are stored; the device's usual way if absent</param>
/// <param name="Threads">threads of the processor</param>
internal sealed record DeviceRequest(DeviceWish Wish, ElementType? Precision, int Threads)
{
    /// <summary>The best device that works, in its usual precision.</summary>
    public static DeviceRequest Usual { get; } = new(DeviceWish.Auto, null, Environment.ProcessorCount);

    /// <summary>Opens the device.</summary>
    /// <param name="choice">which it is, and why not the ones before it</param>
    /// <param name="objection">says why an opened device does not suffice</param>
    /// <param name="survey">what there is, where that has been asked already</param>
    /// <exception cref="DeviceException">none can be used</exception>
    public Device Open(out DeviceChoice choice, Func<Device, string?>? objection = null, DeviceSurvey? survey = null)
    {
        choice = new DeviceChoice(Wish, Precision, survey);
        return choice.Open(new DeviceOptions(Threads: Threads), objection);
    }
}

/// <summary>The options that say where to compute: <c>--device</c>, <c>--precision</c>, <c>--threads</c>.</summary>
internal sealed class DeviceWords
{
    private readonly Option<string?> _device = new("--device") { Description = "auto (default: CUDA, then an OpenCL GPU, then the processor), cpu, cuda:0, opencl:0" };
    private readonly Option<string?> _precision = new("--precision") { Description = "fp16 (usual on GPUs) or fp32: how the U-Net stores its activations" };
    private readonly Option<int?> _threads = ThreadsOption.Create();

    /// <summary>Adds the words to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_device);
        command.Options.Add(_precision);
        command.Options.Add(_threads);
    }

    /// <summary>What was said.</summary>
    /// <exception cref="InputException">a word that is not known</exception>
    public DeviceRequest Read(ParseResult said)
    {
        var wish = DeviceWish.Auto;
        if (said.GetValue(_device) is { } word) wish = DeviceWish.Parse(word) ?? throw new InputException($"--device {word}: {DeviceWish.Words}");
        ElementType? precision = said.GetValue(_precision)?.ToLowerInvariant() switch
        {
            null => null,
            "fp32" => ElementType.Float32,
            "fp16" => ElementType.Float16,
            var other => throw new InputException($"--precision {other}: fp32 or fp16"),
        };
        return new DeviceRequest(wish, precision, ThreadsOption.Read(said.GetValue(_threads)));
    }
}
