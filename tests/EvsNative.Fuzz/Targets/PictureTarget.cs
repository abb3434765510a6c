using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;

namespace EvsNative.Fuzz.Targets;

/// <summary>Folders of frames whose files are of any format.</summary>
internal sealed class PictureTarget() : FuzzTarget("picture", "frames that are JPEG, BMP, GIF and others under the name of a PNG", 1500)
{
    /// <inheritdoc/>
    public override bool IsNative => true;

    /// <inheritdoc/>
    public override long UsualBytes => FuzzLimits.NativeBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound =>
        [[new("0000.png", PictureSeeds.Others[0]), new("0001.png", PictureSeeds.Others[0])]];

    /// <inheritdoc/>
    public override long RightfulBytes(IReadOnlyList<FuzzFile> files) => PngTarget.PixelBytes(files);

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        byte[] seed = dice.Pick(PictureSeeds.Others), other = dice.Pick(PictureSeeds.Others);
        byte[] changed = dice.OneIn(10) ? seed : ByteMutation.Change(dice, seed, other);
        return [new("0000.png", changed), new("0001.png", dice.OneIn(2) ? seed : changed)];
    }

    /// <inheritdoc/>
    public override void Read(string folder) => PngTarget.Frames(folder);
}
