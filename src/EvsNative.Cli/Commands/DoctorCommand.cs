using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using EvsNative.Kernels;
using EvsNative.Kernels.Definitions;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary><c>evsnative doctor</c>: what this machine has, and whether every operation computes what it should on it.</summary>
internal static class DoctorCommand
{
    /// <summary>As it is called, and what the program's help says of it.</summary>
    public const string Name = "doctor", About = "Lists devices and versions and tests every operation.";

    public static Command Create(CancellationToken stop)
    {
        var command = new Command(Name, About);
        var options = new SettingOptions(command, [.. DeviceSettings.Group.Rows, OutputSettings.Json]);
        command.SetAction(said =>
        {
            var choices = options.Read(said);
            return WithinReach.Do(() => Run(DeviceRequest.Of(choices), choices.Get(OutputSettings.Json) == true, stop), stop);
        });
        return command;
    }

    private static int Run(DeviceRequest request, bool json, CancellationToken stop)
    {
        var survey = DeviceSurvey.Take();
        using var d = request.Open(out var choice, survey: survey);
        d.Cancellation = stop;
        var facts = Facts(choice.Line);
        var tests = SelfTest.Run(d).ToArray();
        var (gflops, gigabytes) = Rates(d);
        bool isSound = tests.All(test => test.Passed);

        if (json)
        {
            var devices = survey.Devices.Select(found => new { device = found.Word, found.Caps });
            ScriptOutput.Write(new
            {
                facts,
                devices,
                noCuda = survey.CudaProblem,
                noOpenCL = survey.OpenCLProblem,
                gflops,
                gigabytesPerSecond = gigabytes,
                passed = isSound,
                operations = tests,
            });
            return isSound ? 0 : Faults.Bug;
        }

        Screen.Show(facts.Select(fact => $"{fact.Key,-12}{fact.Value}"));
        Screen.Show(Devices(survey).Select(row => $"{"",-12}{row}"));
        Screen.Show(string.Create(
            CultureInfo.InvariantCulture, $"{"speed",-12}{gflops:F0} GFLOP/s in a 1024^3 product, {gigabytes:F0} GB/s in a copy"));
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("operation", "result");
        table.AddColumn(new TableColumn("error").RightAligned());
        foreach (var test in tests)
        {
            string result = test.Passed ? "pass" : test.Problem is { } problem ? $"FAIL: {problem}" : "FAIL";
            table.AddRow(test.Operation, Markup.Escape(result), test.Error.ToString("0.0e-0", CultureInfo.InvariantCulture));
        }

        Screen.Draw(console => console.Write(table));
        Screen.Show(isSound ? "every operation computes what it should" : "this device computes wrong numbers: please report it");
        return isSound ? 0 : Faults.Bug;
    }

    private static Dictionary<string, string> Facts(string device) => new()
    {
        ["evsnative"] = RefineRun.Version,
        ["runtime"] = $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}",
        ["system"] = RuntimeInformation.OSDescription,
        ["device"] = device,
        ["memory"] = $"{(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9).ToString("F1", CultureInfo.InvariantCulture)} GB",
        ["ffmpeg"] = FfmpegTools.TryFind()?.Version ?? "not found: folders of PNG frames only",
    };

    /// <summary>A line for each device, and one for each kind that cannot be used.</summary>
    private static IEnumerable<string> Devices(DeviceSurvey survey)
    {
        if (survey.CudaProblem is { } cuda) yield return $"no CUDA: {cuda}";
        if (survey.OpenCLProblem is { } openCL) yield return $"no OpenCL: {openCL}";
        foreach (var (found, caps) in survey.Devices.Select(found => (found, found.Caps)))
        {
            string sm = caps.Sm > 0 ? $", sm_{caps.Sm}" : "", kind = caps.IsProcessor ? ", a processor" : "";
            double memory = caps.MemoryBytes / 1e9, largest = Math.Min(caps.MaxAllocationBytes, caps.MemoryBytes) / 1e9;
            string onRequest = caps.OptInSharedBytes > caps.SharedBytes ? $" ({caps.OptInSharedBytes >> 10} KB on request)" : "";
            string lack = caps.Shortfall is { } shortfall ? $": {shortfall}" : "";
            yield return $"{found.Word} {caps.Name}{kind}{sm}, {caps.Driver}, {memory:F1} GB (largest buffer {largest:F1} GB), "
                + $"{caps.Multiprocessors} units, {caps.SharedBytes >> 10} KB shared{onRequest}, {caps.MaxThreads} threads a group{lack}";
        }
    }

    /// <summary>The best of a few products and copies.</summary>
    private static (double Gflops, double Gigabytes) Rates(Device d)
    {
        const int N = 1024;
        using var scope = d.Enter("rates");
        var filter = d.Pack(new FilterShape(N, N), new float[N * N]);
        Tensor x = d.Upload(new float[N * N], new Shape(1, 1, N, N)), y = d.Rent(x.Shape);
        var large = new Shape(1, 64, N, N);
        Tensor from = d.Rent(large), to = d.Rent(large);
        d.Kernels.Combine(from, 0, from);
        double product = Best(d, () => d.Kernels.Linear(y, x, filter, default)), copy = Best(d, () => d.Kernels.Copy(to, from));
        return (2.0 * N * N * N / product / 1e9, 2.0 * from.Bytes / copy / 1e9);
    }

    private static double Best(Device d, Action run)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < 4; i++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            d.Synchronize();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
