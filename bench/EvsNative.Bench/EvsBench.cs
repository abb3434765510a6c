using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EvsNative.Kernels.Cards;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>What <c>evs</c> was asked for.</summary>
/// <param name="Device">as <c>evsnative --device</c> takes it</param>
/// <param name="Precision">fp16 or fp32; the device's usual if absent</param>
/// <param name="Model">a model by formula: sd15 or tiny</param>
/// <param name="Frames">of the clip</param>
/// <param name="Width">of the frames</param>
/// <param name="Height">of the frames</param>
/// <param name="More">further words for the program</param>
internal sealed record EvsRequest(
    string Device, string? Precision, string Model, int Frames, int Width, int Height, IReadOnlyList<string> More);

/// <summary>
/// A whole refinement by the program itself, from its start: seconds of its phases, and the device's memory against what its plan says.
/// </summary>
internal static class EvsBench
{
    private const double Gib = 1L << 30;
    private static readonly string[] Work = ["encode", "read the prompt", "image", "video", "decode"];

    /// <summary>Prints it.</summary>
    /// <exception cref="InputException">the program failed</exception>
    public static int Print(EvsRequest request, string? jsonPath)
    {
        using var json = new JsonLines(jsonPath);
        using var folder = new WorkFolder();
        var refinement = new Refinement(folder.Path);
        string clip = refinement.Clip(request.Frames, request.Width, request.Height);
        string[] common =
        [
            clip, "--prompt", "a red fox in the snow", "--fake-weights", request.Model, "--upscale", "1", "--json",
            .. request.Precision is null ? Array.Empty<string>() : ["--precision", request.Precision], .. request.More,
        ];
        var planned = Ask(["plan", .. common, "--device", request.Device]);
        double planBytes = Number(planned, "weightBytes") + Number(planned, "activationBytes");

        // Said first: a run that takes longer than it is allowed leaves this at least.
        Console.WriteLine($"EVS, {request.Frames} frames of {request.Width}x{request.Height}, planned {planBytes / Gib:F2} GiB");
        using var memory = new DeviceMemory();
        var run = Refinement.Program(["refine", .. common, "--device", request.Device, "--force", "-o", Path.Combine(folder.Path, "out")]);
        using var parsed = JsonDocument.Parse(run.Output);
        var summary = parsed.RootElement;
        double seconds = Refinement.Seconds(summary, Work);
        double? held = summary.TryGetProperty("peakDeviceBytes", out var bytes) && bytes.ValueKind == JsonValueKind.Number
            ? bytes.GetDouble() : null, used = memory.Stop();
        string device = summary.GetProperty("device").GetString()!;
        var card = GpuCards.All.FirstOrDefault(card => GpuCards.Named(device) == card);
        double? predicted = card is null ? null
            : Ask(["plan", .. common, "--on", card.Word]).GetProperty("prediction").GetProperty("seconds").GetDouble();

        Console.WriteLine($"on {device}");
        foreach (var stage in summary.GetProperty("stages").EnumerateArray())
            Console.WriteLine($"  {stage.GetProperty("name").GetString(),-20}{stage.GetProperty("seconds").GetDouble(),9:F3} s");
        double? modelled = Foretold.Of(device)?.Seconds(request.Frames, request.Height, request.Width);
        string byModel = modelled is { } m ? $", by the model {m:F3} s" : "";
        string foretold = predicted is { } p ? $", predicted {p:F3} s ({p / seconds:F2}){byModel}" : "";
        Console.WriteLine($"work of the networks    {seconds:F3} s{foretold}");
        Console.WriteLine($"the whole program       {run.Seconds:F1} s, from its start to its end");
        Console.WriteLine($"device memory           planned {planBytes / Gib:F2} GiB, held at most {held / Gib:F2} GiB"
            + (held is null ? "" : $" ({held / planBytes:F3} of the plan)")
            + (used is null ? "" : $"; by nvidia-smi {used / Gib:F2} GiB, the driver's own context and code among it"));
        json.Write(new
        {
            evs = $"{request.Frames} x {request.Width}x{request.Height}",
            device,
            seconds,
            predictedSeconds = predicted,
            modelledSeconds = modelled,
            programSeconds = run.Seconds,
            plannedDeviceBytes = planBytes,
            peakDeviceBytes = held,
            usedDeviceBytes = used,
        });
        return 0;
    }

    private static JsonElement Ask(string[] words)
    {
        using var json = JsonDocument.Parse(Refinement.Program(words).Output);
        return json.RootElement.Clone();
    }

    private static double Number(JsonElement json, string name) => json.GetProperty(name).GetDouble();

    /// <summary>The device's used memory by its maker's tool, asked five times a second; nothing where the tool is not.</summary>
    private sealed class DeviceMemory : IDisposable
    {
        private readonly Process? _tool;
        private readonly List<double> _mebibytes = [];

        public DeviceMemory()
        {
            try
            {
                _tool = Process.Start(
                    new ProcessStartInfo("nvidia-smi", "-i 0 --query-gpu=memory.used --format=csv,noheader,nounits -lms 200")
                    {
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                    });
                _tool!.OutputDataReceived += (_, line) =>
                {
                    if (double.TryParse(line.Data, CultureInfo.InvariantCulture, out double used))
                        lock (_mebibytes) _mebibytes.Add(used);
                };
                _tool.BeginOutputReadLine();
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such tool.
            }
        }

        /// <summary>The most bytes above the least; null where nobody told.</summary>
        public double? Stop()
        {
            lock (_mebibytes) return _mebibytes.Count > 0 ? (_mebibytes.Max() - _mebibytes.Min()) * 1048576 : null;
        }

        public void Dispose()
        {
            if (_tool is null) return;
            if (!_tool.HasExited) _tool.Kill();
            _tool.Dispose();
        }
    }
}
