namespace EvsNative.Kernels;

/// <summary>
/// Opens what the user asked for. Asked for the best, it takes the first that works of CUDA devices, OpenCL GPUs and the processor, and
/// tells why not the ones before it.
/// </summary>
/// <param name="wish">what to run on</param>
/// <param name="precision">how networks store activations; float16 on GPUs and float32 on processors if absent</param>
/// <param name="survey">what there is, where that has been asked already</param>
public sealed class DeviceChoice(DeviceWish wish, ElementType? precision = null, DeviceSurvey? survey = null)
{
    private readonly List<string> _passedOver = [];
    private Func<Device, string?>? _objection;

    /// <summary>How devices are found and opened; replaced by tests.</summary>
    internal Func<DeviceSurvey> Survey { get; init; } = () => survey ?? DeviceSurvey.Take();

    /// <inheritdoc cref="Survey"/>
    internal Func<DeviceOptions, Device> OpenDevice { get; init; } = Device.Open;

    /// <summary>Why not the devices before it, a line each; empty where one was asked for by name.</summary>
    public IReadOnlyList<string> PassedOver => _passedOver;

    /// <summary>One line: which device, why not the ones before it, what is to be known of it. Known after <see cref="Open"/>.</summary>
    public string Line { get; private set; } = "";

    /// <summary>Opens it.</summary>
    /// <param name="options">everything else; backend, index and precision are this class's</param>
    /// <param name="objection">told an opened device, says why it does not suffice; null if it does</param>
    /// <exception cref="DeviceException">what was asked for is not there, does not work or does not suffice</exception>
    public Device Open(DeviceOptions options, Func<Device, string?>? objection = null)
    {
        _objection = objection;
        var device = wish.Backend is { } backend ? OpenOne(options, backend, wish.Index, null) : OpenBest(options);
        string stored = device.Precision == ElementType.Float16 ? "fp16" : "fp32";
        string[] remarks = [.. _passedOver, .. device.Remark is { } remark ? [remark] : Array.Empty<string>()];
        string reasons = remarks.Length > 0 ? $" ({string.Join("; ", remarks)})" : "";
        Line = $"{device.Description}, {stored}{reasons}";
        return device;
    }

    private Device OpenBest(DeviceOptions options)
    {
        var all = Survey();
        if (all.CudaProblem is { } cuda) _passedOver.Add($"no CUDA: {cuda}");
        foreach (var found in all.Devices.Where(found => found.Backend == Backend.Cuda))
            if (TryOpen(options, found) is { } device) return device;

        if (all.OpenCLProblem is { } openCL) _passedOver.Add($"no OpenCL: {openCL}");
        foreach (var found in all.Devices.Where(found => found.Backend == Backend.OpenCL))
        {
            if (found.Caps.IsProcessor) _passedOver.Add($"{found.Word} is a processor, faster without OpenCL");
            else if (found.Caps.Shortfall is { } lack) _passedOver.Add($"{found.Word} {lack}");
            else if (TryOpen(options, found) is { } device) return device;
        }

        return OpenOne(options, Backend.Cpu, 0, null);
    }

    private Device? TryOpen(DeviceOptions options, FoundDevice found)
    {
        try
        {
            return OpenOne(options, found.Backend, found.Index, found);
        }
        catch (DeviceException e)
        {
            _passedOver.Add($"{found.Word}: {e.Message}");
            return null;
        }
    }

    private Device OpenOne(DeviceOptions options, Backend backend, int index, FoundDevice? found)
    {
        if (backend == Backend.Cpu && precision == ElementType.Float16)
        {
            string why = _passedOver.Count > 0 ? $" ({string.Join("; ", _passedOver)})" : "";
            throw new DeviceException($"fp16 needs a GPU, the processor computes in fp32: leave it out or choose another device{why}");
        }

        var stored = precision ?? (IsProcessor(backend, index, found) ? ElementType.Float32 : ElementType.Float16);
        var device = OpenDevice(options with { Backend = backend, Index = index, Precision = stored });
        if (_objection?.Invoke(device) is not { } reason) return device;
        device.Dispose();
        throw new DeviceException(reason);
    }

    private bool IsProcessor(Backend backend, int index, FoundDevice? found) => backend switch
    {
        Backend.Cpu => true,
        Backend.OpenCL => (found ?? Find(backend, index))?.Caps.IsProcessor == true,
        _ => false,
    };

    private FoundDevice? Find(Backend backend, int index) =>
        Survey().Devices.FirstOrDefault(other => other.Backend == backend && other.Index == index);
}
