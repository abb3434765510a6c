using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Pipelines.Batch;

namespace EvsNative.Cli;

/// <summary>
/// One worker process for each device, started with the same words. They divide the clips by their claims, so a faster device does more of
/// them. What they say is said on, each line with its device.
/// </summary>
internal static class BatchWorkers
{
    /// <summary>Runs them to their ends.</summary>
    /// <param name="list">the clips</param>
    /// <param name="devices">"all", or devices with commas between</param>
    /// <param name="stop">ends all of them</param>
    /// <exception cref="DeviceException">there is no such device</exception>
    public static IReadOnlyList<BatchOutcome> Run(BatchList list, string devices, CancellationToken stop)
    {
        string[] words = devices == "all" ? Found() : devices.Split(',');
        var workers = words.Select(word => Start(word)).ToArray();
        using var ends = stop.Register(() =>
        {
            foreach (var (process, _) in workers) Interrupt(process);
        });
        var outcomes = workers.Select((worker, i) => Task.Run(() => Follow(worker.Process, words[i]))).ToArray();
        Task.WaitAll(outcomes, CancellationToken.None);
        stop.ThrowIfCancellationRequested();
        return Merge(list, [.. outcomes.Select(outcome => outcome.Result)]);
    }

    private static string[] Found()
    {
        string[] found = [.. DeviceSurvey.Take().Devices.Where(device => device.Backend == Backend.Cuda).Select(device => device.Word)];
        return found.Length > 0
            ? found
            : throw new DeviceException("--gpus all: there is no CUDA device here; 'evsnative doctor' says why");
    }

    private static (Process Process, string Word) Start(string word)
    {
        string[] own = Environment.GetCommandLineArgs();
        string host = Environment.ProcessPath!;
        bool isHosted = Path.GetFileNameWithoutExtension(host) == "dotnet";
        List<string> arguments = isHosted ? [own[0]] : [];
        for (int i = 1; i < own.Length; i++)
        {
            if (own[i] is "--gpus" or "--device") i++;
            else if (!own[i].StartsWith("--gpus=", StringComparison.Ordinal) && !own[i].StartsWith("--device=", StringComparison.Ordinal)
                && own[i] != "--json") arguments.Add(own[i]);
        }

        arguments.AddRange(["--device", word, "--json"]);
        var start = new ProcessStartInfo(host, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        return (Process.Start(start)!, word);
    }

    /// <summary>Says on what a worker says, and reads what became of its clips.</summary>
    private static BatchOutcome[] Follow(Process process, string word)
    {
        using (process)
        {
            var listening = Task.Run(() =>
            {
                while (process.StandardError.ReadLine() is { } line)
                {
                    const string own = "evsnative: ";
                    Faults.Say($"{word}: {(line.StartsWith(own, StringComparison.Ordinal) ? line[own.Length..] : line)}");
                }
            });
            string output = process.StandardOutput.ReadToEnd();
            listening.Wait(CancellationToken.None);
            process.WaitForExit();
            return Read(output);
        }
    }

    private static BatchOutcome[] Read(string output)
    {
        try
        {
            var json = JsonText.Parse(Encoding.UTF8.GetBytes(output), "a worker");
            if (!json.TryGetProperty("jobs", out var jobs)) return [];
            return
            [
                .. jobs.EnumerateArray().Select(job => new BatchOutcome(
                    job.GetProperty("clip").GetString()!,
                    Enum.Parse<BatchEnd>(job.GetProperty("end").GetString()!, ignoreCase: true),
                    job.GetProperty("output").GetString()!,
                    job.GetProperty("seconds").GetDouble(),
                    job.GetProperty("code").GetString(),
                    job.GetProperty("message").GetString())),
            ];
        }
        catch (InputException)
        {
            // The worker was killed: its clips are told by the others, or as missing.
            return [];
        }
    }

    /// <summary>For each clip the outcome that says most: done, then failed, then there already.</summary>
    private static BatchOutcome[] Merge(BatchList list, IReadOnlyList<BatchOutcome[]> told)
    {
        BatchEnd[] order = [BatchEnd.Done, BatchEnd.Failed, BatchEnd.Skipped, BatchEnd.Elsewhere];
        var byOutput = told.SelectMany(outcomes => outcomes).ToLookup(outcome => outcome.Clip);
        return
        [
            .. list.Jobs.Select(job => byOutput[job.Name].MinBy(outcome => Array.IndexOf(order, outcome.End))
                ?? new BatchOutcome(job.Name, BatchEnd.Failed, job.Output, 0, "stopped", "its worker was killed: start the batch again")),
        ];
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
