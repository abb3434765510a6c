using BenchmarkDotNet.Attributes;

namespace EvsNative.Micro;

/// <summary>A call of the vocabulary on a device: what all benchmarks are. The session knows lines and devices.</summary>
public abstract class Operations
{
    private PreparedCall _call = null!;

    /// <summary>Words of the devices that a class is for.</summary>
    public abstract IEnumerable<string> Devices { get; }

    /// <summary>Group and name of every line.</summary>
    public static IEnumerable<string> Lines => MicroSession.Current.Lines;

    /// <summary>The device: cpu, opencl:0.</summary>
    [ParamsSource(nameof(Devices), Priority = 0)]
    public string On { get; set; } = "";

    /// <summary>Group and name of the line.</summary>
    [ParamsSource(nameof(Lines), Priority = 1)]
    public string Operation { get; set; } = "";

    /// <summary>Makes weights and inputs.</summary>
    [GlobalSetup]
    public void Setup() => _call = MicroSession.Current.Prepare(On, Operation);

    /// <summary>What is timed.</summary>
    [Benchmark]
    public void Call() => _call.Run();

    /// <summary>Counts what calls allocate, then gives all back.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        MicroSession.Current.Counted(On, Operation, SteadyMemory.Measure(_call.Once));
        _call.Dispose();
    }
}

/// <summary>Operations on the processor, by its clock.</summary>
public class OnProcessor : Operations
{
    public override IEnumerable<string> Devices => [MicroSession.Processor];
}

/// <summary>Operations on GPUs, by the device's clock (<see cref="DeviceClock"/>).</summary>
public class OnGpu : Operations
{
    public override IEnumerable<string> Devices => MicroSession.Current.Gpus;
}
