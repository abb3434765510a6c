using BenchmarkDotNet.Analysers;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Validators;

namespace EvsNative.Micro;

/// <summary>
/// The memory column: managed bytes that one call allocates in the steady state, of all threads. BenchmarkDotNet's own diagnoser counts
/// what the runtime allocates beside the call after a collection (3312 bytes here now and then; a loop that only spins sees some too),
/// and the record of a GPU is many calls to it. So calls are counted after the timing, in a few rounds of which the least holds: what a
/// call itself allocates is in all of them.
/// </summary>
internal sealed class SteadyMemory : IDiagnoser
{
    private const int Rounds = 4, Calls = 3;

    private static readonly Bytes Column = new();

    public IEnumerable<string> Ids => [nameof(SteadyMemory)];

    public IEnumerable<IExporter> Exporters => [];

    public IEnumerable<IAnalyser> Analysers => [];

    /// <summary>Bytes of one call.</summary>
    /// <param name="call">has been called before</param>
    public static double Measure(Action call)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Calls; i++) call();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least / (double)Calls;
    }

    // No run of its own.
    public BenchmarkDotNet.Diagnosers.RunMode GetRunMode(BenchmarkCase benchmarkCase) => BenchmarkDotNet.Diagnosers.RunMode.NoOverhead;

    public void Handle(HostSignal signal, DiagnoserActionParameters parameters)
    {
    }

    public IEnumerable<Metric> ProcessResults(DiagnoserResults results) =>
        MicroSession.Current.AllocatedBytes(results.BenchmarkCase) is { } bytes ? [new Metric(Column, bytes)] : [];

    public void DisplayResults(ILogger logger)
    {
    }

    public IEnumerable<ValidationError> Validate(ValidationParameters validationParameters) => [];

    private sealed class Bytes : IMetricDescriptor
    {
        public string Id => "Allocated Memory";

        public string DisplayName => "Allocated";

        public string Legend => "Managed memory that one call allocates in the steady state, of all threads";

        public string NumberFormat => "0.##";

        public UnitType UnitType => UnitType.Size;

        public string Unit => "B";

        public bool TheGreaterTheBetter => false;

        public int PriorityInCategory => 0;

        public bool GetIsAvailable(Metric metric) => true;
    }
}
