using BenchmarkDotNet.Running;
using EvsNative.Bench;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Micro;

/// <summary>
/// What the benchmarks of a run share: BenchmarkDotNet makes its benchmarks' objects itself, so they find lines and devices here. A GPU is
/// opened once, with the kernels of all lines, and stays open to the end.
/// </summary>
internal sealed class MicroSession : IDisposable
{
    /// <summary>The processor's word.</summary>
    public const string Processor = "cpu";

    private readonly Dictionary<string, Case> _cases;
    private readonly Dictionary<string, OpenGpu> _gpus = [];
    private readonly Dictionary<(string Device, string Line), double> _allocated = [];
    private readonly MicroRequest _request;

    /// <param name="request">what was asked for</param>
    /// <exception cref="InputException">there is no such line or no such device</exception>
    public MicroSession(MicroRequest request)
    {
        _request = request;
        _cases = MicroCases.Matching(request.Filters).ToDictionary(shape => shape.Line);
        Devices = [.. request.Devices.Count > 0 ? request.Devices.Select(Word).Distinct() : AtHand()];
    }

    /// <summary>The session of the run that is going on.</summary>
    public static MicroSession Current { get; set; } = null!;

    /// <summary>Words of devices: cpu, opencl:0.</summary>
    public IReadOnlyList<string> Devices { get; }

    public bool HasProcessor => Devices.Contains(Processor);

    public IEnumerable<string> Gpus => Devices.Where(device => device != Processor);

    /// <summary>Group and name of every line.</summary>
    public IEnumerable<string> Lines => _cases.Keys;

    public Case Case(string line) => _cases[line];

    /// <summary>A line, ready to be called.</summary>
    /// <param name="device">its word</param>
    /// <param name="line">group and name</param>
    public PreparedCall Prepare(string device, string line) => device == Processor
        ? new ProcessorCall(Case(line), _request.Threads)
        : new GpuCall(Case(line), Gpu(device), _request.IsShort ? GpuPatience.Rehearsal : GpuPatience.Usual);

    /// <summary>A GPU, opened when it is first asked for.</summary>
    /// <param name="device">its word</param>
    /// <exception cref="DeviceException">it is not there</exception>
    public OpenGpu Gpu(string device)
    {
        if (_gpus.TryGetValue(device, out var gpu)) return gpu;
        gpu = OpenGpu.Of(DeviceWish.Parse(device)!);
        _gpus[device] = gpu;
        gpu.Device.Compile(new DryCases(gpu, _cases.Values).Kernels);
        return gpu;
    }

    /// <summary>Notes what a call allocates.</summary>
    public void Counted(string device, string line, double bytes) => _allocated[(device, line)] = bytes;

    /// <summary>What a call allocates; null if it did not run.</summary>
    public double? AllocatedBytes(BenchmarkCase benchmark)
    {
        var key = ((string)benchmark.Parameters[nameof(Operations.On)], (string)benchmark.Parameters[nameof(Operations.Operation)]);
        return _allocated.TryGetValue(key, out double bytes) ? bytes : null;
    }

    public void Dispose()
    {
        foreach (var gpu in _gpus.Values) gpu.Dispose();
    }

    private static IEnumerable<string> AtHand() => [Processor, .. DeviceSurvey.Take().Devices.Select(device => device.Word)];

    private static string Word(string said) => DeviceWish.Parse(said) switch
    {
        { Backend: not null } wish => wish.ToString(),
        _ => throw new InputException(InputCode.UnknownWord, $"--device {said}: cpu, cuda, opencl, or with a number as in cuda:1"),
    };
}
