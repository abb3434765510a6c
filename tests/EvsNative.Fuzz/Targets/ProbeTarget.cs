using System.Text;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Fuzz.Targets;

/// <summary>What ffprobe tells of a clip.</summary>
internal sealed class ProbeTarget() : FuzzTarget("ffprobe", "what ffprobe tells of a clip", 3000)
{
    private const string File = "probe.json";

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => Each(File, TextSeeds.Probes.Select(Encoding.UTF8.GetBytes));

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) =>
        [new(File, JsonMutation.Change(dice, Encoding.UTF8.GetBytes(dice.Pick(TextSeeds.Probes))))];

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        string path = Path.Combine(folder, File);
        var video = ProbedVideo.Of(System.IO.File.ReadAllText(path), "", "clip.mp4");
        BrokenPromiseException.Unless(video.Format.Width > 0 && video.Format.Height > 0, "a clip without pixels");
        BrokenPromiseException.Unless(video.Format.Rate.Value > 0 && video.Format.PixelAspect.Value > 0, "a rate or an aspect of zero");
        BrokenPromiseException.Unless(video.Stream >= 0 && video.Promised.Count >= 0, "a negative number of stream or frames");
        BrokenPromiseException.Unless(!video.Format.Tags.Any(tag => (tag.Key + tag.Value).Contains('\0')), "a tag with a zero");
        foreach (var notice in video.Notices) Judge.Check(notice);
    }
}
