using System.Text;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Fuzz.Targets;

/// <summary>The lines that ffmpeg says while it decodes: stamps of frames, and complaints.</summary>
internal sealed class FfmpegLinesTarget() : FuzzTarget("ffmpeg", "what ffmpeg says while it decodes: stamps and complaints", 3000)
{
    private const string File = "said.txt";

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => [[new(File, Encoding.UTF8.GetBytes(TextSeeds.Stamps))]];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) =>
        [new(File, TextMutation.Change(dice, Encoding.UTF8.GetBytes(TextSeeds.Stamps)))];

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        string[] lines = System.IO.File.ReadAllLines(Path.Combine(folder, File));
        var report = new ShowinfoReport(new VideoFormat(48, 32, new Rational(8, 1)));
        string[] complaints = [.. lines.Where(line => !report.Hear(line))];
        var last = TimeSpan.MinValue;
        foreach (var shown in report.Frames)
        {
            BrokenPromiseException.Unless(shown.Stamp > last, $"a frame at {shown.Stamp} behind one at {last}");
            last = shown.Stamp;
        }

        string quoted = FfmpegComplaint.Quote(complaints);
        BrokenPromiseException.Unless(quoted.Length > 0, "a complaint of no words");
        var refusal = Judge.Of(new InputException(InputCode.Damaged, $"clip.mp4: {quoted}: play it to see whether the file is whole"));
        BrokenPromiseException.Unless(refusal.Kind == VerdictKind.Refused, $"{refusal.What}: {refusal.Text}");
    }
}
