using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Csv;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using EvsNative.Kernels;
using EvsNative.Layers;
using Perfolizer.Horology;

namespace EvsNative.Micro;

/// <summary>
/// Runs the lines by BenchmarkDotNet in this process, whose runtime is set as the product's, and exports one table of all devices. Ratios
/// to peers are no matter of this: they need both in turns (<c>bench cpu --peer</c>).
/// </summary>
internal static class MicroBench
{
    private const int ColumnWidth = 100;

    // Iterations of a fifth of a second settle within fifteen; BenchmarkDotNet's own half second would make an hour of the whole table.
    private static readonly Job Usual = Job.Default
        .WithIterationTime(TimeInterval.FromMilliseconds(200)).WithMinIterationCount(10).WithMaxIterationCount(20);

    private static readonly Job Short = Job.Default
        .WithIterationTime(TimeInterval.FromMilliseconds(20)).WithWarmupCount(1).WithIterationCount(3);

    /// <summary>1 if a line did not run, else 0.</summary>
    /// <exception cref="InputException">there is no such line or no such device, or the folder cannot be written to</exception>
    /// <exception cref="DeviceException">a device that was asked for is not there</exception>
    public static int Run(MicroRequest request)
    {
        using var session = new MicroSession(request);
        MicroSession.Current = session;
        MakeFolder(request.Folder);
        // What is missing is said before the first line is timed.
        foreach (string gpu in session.Gpus) session.Gpu(gpu);
        var job = (request.IsShort ? Short : Usual).WithToolchain(InProcessEmitToolchain.Instance).WithUnrollFactor(1);
        List<BenchmarkRunInfo> runs = [];
        if (session.HasProcessor) runs.Add(Lines<OnProcessor>(request, job.WithId("cpu")));
        // One iteration is one record of many calls, which takes as long as GpuPatience says.
        if (session.Gpus.Any())
            runs.Add(Lines<OnGpu>(request, job.WithId("gpu").WithClock(DeviceClock.Instance).WithInvocationCount(1)));
        var summaries = BenchmarkRunner.Run([.. runs]);
        return summaries.All(summary => summary.Reports.Length > 0 && summary.Reports.All(report => report.Success)) ? 0 : 1;
    }

    private static BenchmarkRunInfo Lines<T>(MicroRequest request, Job job) where T : Operations =>
        BenchmarkConverter.TypeToBenchmarks(typeof(T), Config(request).AddJob(job));

    private static ManualConfig Config(MicroRequest request) => ManualConfig.CreateEmpty()
        .AddLogger(ConsoleLogger.Default)
        .AddColumnProvider(DefaultColumnProviders.Params, DefaultColumnProviders.Statistics, DefaultColumnProviders.Metrics)
        .AddColumn(new RateColumn())
        .AddDiagnoser(new SteadyMemory())
        .AddExporter(MarkdownExporter.GitHub, CsvExporter.Default, JsonExporter.Full)
        .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(ColumnWidth).WithZeroMetricValuesInContent())
        .WithArtifactsPath(request.Folder)
        .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile);

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException(InputCode.NotWritable, $"--out {folder}: {e.Message}");
        }
    }
}
