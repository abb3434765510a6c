using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Preview;

/// <summary>
/// Shows where a refinement stands: every few steps a strip of frames as a PNG and a small clip, from the clean estimate, by
/// <see cref="LatentColours"/>: nothing is decoded. Files are named by the calls that are done, so a folder sorted by name is the run's
/// course. What it cannot write is said once and does not stop the run.
/// </summary>
public sealed class PreviewWriter
{
    private const int StripFrames = 8, ClipFrames = 32, LongestEdge = 256;

    /// <summary>At most one for each so many hundredths of the run, and one at the end of each stage.</summary>
    private const int Every = 5;

    private readonly string _folder;
    private readonly LatentColours _colours;
    private readonly Rational _rate;
    private readonly Action<Notice> _say;
    private readonly bool _hasFfmpeg = FfmpegTools.TryFind() is not null;
    private int _shown = -1;
    private bool _isOff;

    /// <summary>Prepares a folder.</summary>
    /// <param name="folder">made if it is not there; older previews in it are replaced one by one</param>
    /// <param name="colours">of the model's latents</param>
    /// <param name="rate">frames a second of the small clips</param>
    /// <param name="say">told what cannot be written</param>
    /// <exception cref="InputException">the folder cannot be made</exception>
    public PreviewWriter(string folder, LatentColours colours, Rational rate, Action<Notice> say)
    {
        (_folder, _colours, _rate, _say) = (folder, colours, rate, say);
        Prepare(folder);
    }

    /// <summary>Makes the folder, to be asked before any work is done.</summary>
    /// <exception cref="InputException">it cannot be made</exception>
    public static void Prepare(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, folder);
        }
    }

    /// <summary>Shows a step, if it is its turn.</summary>
    /// <param name="d">the device that the step was done on</param>
    /// <param name="step">whose tensors are still valid</param>
    public void Show(Device d, EvsStep step)
    {
        if (_isOff || step.IsClimbing) return;
        int part = step.Calls * 100 / step.TotalCalls / Every;
        if (part == _shown && step.K != step.Stage.To) return;
        _shown = part;
        try
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"call-{step.Calls:0000}-of-{step.TotalCalls:0000}");
            WriteStrip(d, step.Result, Path.Combine(_folder, name + ".png"));
            if (_hasFfmpeg && step.Result.Shape.N > 1) WriteClip(d, step.Result, Path.Combine(_folder, name + ".mp4"));
        }
        catch (Exception e) when (StorageFault.Is(e) || e is InputException)
        {
            _isOff = true;
            string why = e is InputException ? e.Message : StorageFault.Writing(e, _folder).Message;
            _say(new Notice(NoticeCode.Dropped, $"no more previews are written: {why}"));
        }
    }

    private void WriteStrip(Device d, Tensor latents, string path)
    {
        var s = latents.Shape;
        int count = Math.Min(s.N, StripFrames), scale = Scale(s);
        int width = s.W * scale, height = s.H * scale;
        byte[] strip = new byte[height * width * count * VideoFormat.Channels];
        for (int i = 0; i < count; i++)
        {
            int frame = count == 1 ? 0 : (int)Math.Round(i * (s.N - 1.0) / (count - 1));
            byte[] small = _colours.Show(d.Download(latents.Images(frame, 1)));
            for (int y = 0; y < height; y++)
                Enlarge(small.AsSpan(y / scale * s.W * 3, s.W * 3), strip.AsSpan(((y * count) + i) * width * 3, width * 3), scale);
        }

        PendingFile.WriteAll(path, StillImage.Png(strip, width * count, height), force: true);
    }

    private void WriteClip(Device d, Tensor latents, string path)
    {
        var s = latents.Shape;
        int count = Math.Min(s.N, ClipFrames), first = (s.N - count) / 2, scale = Scale(s);
        var format = new VideoFormat(s.W * scale, s.H * scale, _rate);
        using var writer = FrameFiles.Create(path, format, force: true);
        byte[] large = new byte[format.FrameBytes];
        for (int i = 0; i < count; i++)
        {
            byte[] small = _colours.Show(d.Download(latents.Images(first + i, 1)));
            for (int y = 0; y < format.Height; y++)
                Enlarge(small.AsSpan(y / scale * s.W * 3, s.W * 3), large.AsSpan(y * format.Width * 3, format.Width * 3), scale);
            writer.Write(large, format.StampOf(i));
        }

        writer.Complete();
    }

    private static int Scale(Shape latents) => Math.Clamp(LongestEdge / Math.Max(latents.H, latents.W), 1, 8);

    private static void Enlarge(ReadOnlySpan<byte> row, Span<byte> to, int scale)
    {
        for (int i = 0; i < to.Length; i++) to[i] = row[(i / 3 / scale * 3) + (i % 3)];
    }
}
