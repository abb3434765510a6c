using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Fuzz.Targets;

/// <summary>Clips in several containers, through ffmpeg. A case takes a fifth of a second: two processes.</summary>
internal sealed class VideoTarget() : FuzzTarget("video", "damaged clips through ffprobe and ffmpeg", 24)
{
    private const string File = "clip.mp4";
    private const int MostFrames = 33;

    /// <inheritdoc/>
    public override TimeSpan Hang => FuzzLimits.HangOfPrograms;

    /// <inheritdoc/>
    public override string? Missing => VideoSeeds.Missing;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => Each(File, VideoSeeds.All);

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) =>
        [new(File, ByteMutation.Change(dice, dice.Pick(VideoSeeds.All), dice.Pick(VideoSeeds.All)))];

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        using var reader = FrameFiles.Open(Path.Combine(folder, File));
        byte[] frame = new byte[reader.Format.FrameBytes];
        var last = TimeSpan.MinValue;
        for (int i = 0; i < MostFrames && reader.TryRead(frame, out var stamp); i++)
        {
            BrokenPromiseException.Unless(stamp > last, $"a frame at {stamp} behind one at {last}");
            last = stamp;
        }

        foreach (var notice in reader.Notices) Judge.Check(notice);
    }
}
