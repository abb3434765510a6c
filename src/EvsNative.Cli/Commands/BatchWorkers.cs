using System.Diagnostics;
using System.Runtime.InteropServices;
using EvsNative.Kernels;
using EvsNative.Pipelines.Batch;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary>
/// One worker process for each device, started with the same words. They divide the clips by their claims, so a faster device does more of
/// them. What they say is said on, each line with its device.
/// </summary>
internal static class BatchWorkers
{
    /// <summary>Runs them to their ends.</summary>
    /// <param name="list">the clips</param>
    /// <param name="shard">the part of them that is to be done here</param>
    /// <param name="devices">"all", or devices with commas between</param>
    /// <param name="stop">ends all of them</param>
    /// <exception cref="DeviceException">there is no such device</exception>
    public static IReadOnlyList<BatchOutcome> Run(BatchList list, Shard shard, string devices, CancellationToken stop)
    {
        string[] words = devices == "all" ? All(DeviceSurvey.Take()) : devices.Split(',');
        var workers = words.Select(word => Start(word)).ToArray();
        using var ends = stop.Register(() =>
        {
            foreach (var (process, _) in workers) Interrupt(process);
        });
        var outcomes = workers.Select((worker, i) => Task.Run(() => Follow(worker.Process, words[i]))).ToArray();
        Task.WaitAll(outcomes, CancellationToken.None);
        stop.ThrowIfCancellationRequested();
        return WorkerReport.Merge(list, shard, [.. outcomes.Select(outcome => outcome.Result)]);
    }

    /// <summary>All GPUs: those of NVIDIA, which OpenCL lists once more; where there are none, those of OpenCL.</summary>
    /// <param name="survey">what there is</param>
    /// <returns>words for <c>--device</c></returns>
    /// <exception cref="DeviceException">there are none</exception>
    internal static string[] All(DeviceSurvey survey)
    {
        var cuda = survey.Devices.Where(device => device.Backend == Backend.Cuda).ToArray();
        var found = cuda.Length > 0
            ? cuda
            : survey.Devices.Where(device => device is { Backend: Backend.OpenCL, Caps: { IsProcessor: false, Shortfall: null } });
        string[] words = [.. found.Select(device => device.Word)];
        return words.Length > 0
            ? words
            : throw new DeviceException(
                $"--gpus all: there is no GPU here (CUDA: {survey.CudaProblem ?? "none"}; OpenCL: {survey.OpenCLProblem ?? "no GPU"}): "
                + "leave it out, or name devices, such as --gpus cpu,opencl:0");
    }

    /// <summary>Set for workers, which start none of their own, whatever their words are.</summary>
    private const string WorkerSign = "EVSNATIVE_WORKER";

    /// <summary>True in a worker.</summary>
    public static bool IsWorker => Environment.GetEnvironmentVariable(WorkerSign) == "1";

    private static (Process Process, string Word) Start(string word)
    {
        string[] own = Environment.GetCommandLineArgs();
        string host = Environment.ProcessPath!;
        bool isHosted = Path.GetFileNameWithoutExtension(host) == "dotnet";
        List<string> arguments = isHosted ? [own[0]] : [];
        for (int i = 1; i < own.Length; i++)
        {
            // A value follows its option, or stands behind an equals sign or a colon.
            string option = own[i].Split('=', ':')[0];
            if (option is not ("--gpus" or "--device" or "--json")) arguments.Add(own[i]);
            else if (option == own[i] && option != "--json") i++;
        }

        arguments.AddRange(["--device", word, "--json"]);
        var start = new ProcessStartInfo(host, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[WorkerSign] = "1";
        return (Process.Start(start)!, word);
    }

    /// <summary>Says on what a worker says, and reads what became of its clips.</summary>
    private static WorkerReport Follow(Process process, string word)
    {
        using (process)
        {
            var listening = Task.Run(() =>
            {
                while (process.StandardError.ReadLine() is { } line)
                {
                    // What is for programs stays for programs.
                    if (line.StartsWith('{'))
                    {
                        Screen.Complain(line);
                        continue;
                    }

                    const string own = "evsnative: ";
                    Faults.Say($"{word}: {(line.StartsWith(own, StringComparison.Ordinal) ? line[own.Length..] : line)}");
                }
            });
            string output = process.StandardOutput.ReadToEnd();
            listening.Wait(CancellationToken.None);
            process.WaitForExit();
            return WorkerReport.Read(output);
        }
    }

    private static void Interrupt(Process process)
    {
        try
        {
            if (process.HasExited) return;
            if (OperatingSystem.IsWindows()) process.Kill();
            else using (Process.Start("kill", ["-TERM", $"{process.Id}"])) { }
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or ExternalException)
        {
            // It has ended meanwhile.
        }
    }
}
