using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using StbImageWriteSharp;

namespace EvsNative.Bench;

/// <summary>Runs of the program itself, <c>evsnative refine</c>, on a clip made up for them.</summary>
/// <param name="folder">where clip and result lie</param>
internal sealed class Refinement(string folder)
{
    private const int Channels = 3;

    /// <summary>Refines a new clip, at its own size.</summary>
    /// <param name="frames">frames of the clip</param>
    /// <param name="side">height and width</param>
    /// <param name="threads">threads</param>
    /// <param name="args">model and settings</param>
    public (ChildRun Run, JsonElement Summary) Do(int frames, int side, int threads, params string[] args)
    {
        string clip = Path.Combine(folder, $"clip-{frames}x{side}");
        WriteClip(clip, frames, side);
        string[] command =
        [
            Path.Combine(AppContext.BaseDirectory, "evsnative.dll"), "refine", clip, "--prompt", "a red fox in the snow", "--upscale", "1",
            "--guidance", "1", "--threads", $"{threads}",
            "--json", "--force", "-o", Path.Combine(folder, "refined"), .. args,
        ];
        var run = ChildRun.Of(new ProcessStartInfo(Host(), command));
        using var json = JsonDocument.Parse(run.Output);
        return (run, json.RootElement.Clone());
    }

    /// <summary>Seconds of the phases whose name begins with one of these words; of all if there are none.</summary>
    public static double Seconds(JsonElement summary, params string[] phases) => summary.GetProperty("stages").EnumerateArray()
        .Where(stage => phases.Length == 0
            || phases.Any(phase => stage.GetProperty("name").GetString()!.StartsWith(phase, StringComparison.Ordinal)))
        .Sum(stage => stage.GetProperty("seconds").GetDouble());

    /// <summary>A coloured ramp that wanders.</summary>
    private static void WriteClip(string clip, int frames, int side)
    {
        Directory.CreateDirectory(clip);
        byte[] rgb = new byte[side * side * Channels];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int i = 0; i < rgb.Length; i++)
            {
                int channel = i % Channels, x = i / Channels % side, y = i / Channels / side;
                rgb[i] = (byte)((x * (channel + 1)) + y + (frame * 3));
            }

            using var file = File.Create(Path.Combine(clip, $"{frame:D3}.png"));
            new ImageWriter().WritePng(rgb, side, side, ColorComponents.RedGreenBlue, file);
        }
    }

    // The folder of the framework (Microsoft.NETCore.App, its version) lies three folders below the host that runs this very program.
    private static string Host() =>
        Path.GetFullPath(Path.Combine(
            RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
