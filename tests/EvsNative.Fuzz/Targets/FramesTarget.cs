using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;

namespace EvsNative.Fuzz.Targets;

/// <summary>Folders of frames under names of every kind.</summary>
internal sealed class FramesTarget() : FuzzTarget("frames", "folders of sound frames, other files and names of every kind", 1500)
{
    private static readonly string[] Names =
    [
        "0000.png", "1.png", "01.png", "001.PNG", "frame9.png", "frame10.png", "frame99999999999999999999.png", "a.png", "A.png", "ä.png",
        ".png", ".hidden.png", "x.jpg", "Thumbs.db", "x.png.part", "x", "🎈.png", "-i.png", "%d.png", "x y.png", "x'y.png", "x\ny.png",
        "\u001b[31m.png", "\u202e.png", "٣.png",
    ];

    private const int LongestName = 60;
    private static readonly byte[] Small = PictureSeeds.Png(2, 3, 8, false, 3, 2), Other = PictureSeeds.Png(6, 4, 16, true, 5, 2);

    /// <inheritdoc/>
    public override bool IsNative => true;

    /// <inheritdoc/>
    public override long UsualBytes => FuzzLimits.NativeBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => [[new("1.png", Small), new("02.png", Small)]];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        var names = dice.Shuffle(Names).Take(dice.Below(8)).ToList();
        if (dice.OneIn(3)) names.Add(string.Concat(Absurd.Word(dice).Where(c => c is not ('/' or '\0')).Take(LongestName)) + ".png");
        return [.. names.Distinct().Select(name => new FuzzFile(name, Content(dice)))];
    }

    /// <inheritdoc/>
    public override void Read(string folder) => PngTarget.Frames(folder);

    private static byte[] Content(Dice dice) => dice.Below(12) switch
    {
        0 => Other,
        1 => [],
        2 => [1, 2],
        _ => Small,
    };
}
