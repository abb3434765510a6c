using System.Diagnostics;
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
        string clip = Clip(frames, side, side);
        var run = Program(
        [
            "refine", clip, "--prompt", "a red fox in the snow", "--upscale", "1", "--guidance", "1", "--threads", $"{threads}",
            "--json", "--force", "-o", Path.Combine(folder, "refined"), .. args,
        ]);
        using var json = JsonDocument.Parse(run.Output);
        return (run, json.RootElement.Clone());
    }

    /// <summary>Runs the program to its end: the one that was published beside the bench, or what was built with it.</summary>
    /// <exception cref="Layers.InputException">it failed</exception>
    public static ChildRun Program(string[] words)
    {
        string published = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "evsnative.exe" : "evsnative");
        string library = Path.Combine(AppContext.BaseDirectory, "evsnative.dll");
        return ChildRun.Of(
            File.Exists(published) ? new ProcessStartInfo(published, words) : new ProcessStartInfo(OwnProgram.Host, [library, .. words]));
    }

    /// <summary>A clip of a coloured ramp that wanders, as a folder of frames.</summary>
    public string Clip(int frames, int width, int height)
    {
        string clip = Path.Combine(folder, $"clip-{frames}x{width}x{height}");
        WriteClip(clip, frames, width, height);
        return clip;
    }

    /// <summary>Seconds of the phases whose name begins with one of these words; of all if there are none.</summary>
    public static double Seconds(JsonElement summary, params string[] phases) => summary.GetProperty("stages").EnumerateArray()
        .Where(stage => phases.Length == 0
            || phases.Any(phase => stage.GetProperty("name").GetString()!.StartsWith(phase, StringComparison.Ordinal)))
        .Sum(stage => stage.GetProperty("seconds").GetDouble());

    private static void WriteClip(string clip, int frames, int width, int height)
    {
        Directory.CreateDirectory(clip);
        byte[] rgb = new byte[width * height * Channels];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int i = 0; i < rgb.Length; i++)
            {
                int channel = i % Channels, x = i / Channels % width, y = i / Channels / width;
                rgb[i] = (byte)((x * (channel + 1)) + y + (frame * 3));
            }

            using var file = File.Create(Path.Combine(clip, $"{frame:D3}.png"));
            new ImageWriter().WritePng(rgb, width, height, ColorComponents.RedGreenBlue, file);
        }
    }
}
