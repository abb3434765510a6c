using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Fuzz.Targets;

/// <summary>Folders of frames whose files begin as a PNG does.</summary>
internal sealed class PngTarget() : FuzzTarget("png", "frames of every kind of PNG", 2500)
{
    private const int SignatureBytes = 8, BytesOfPixel = 16;

    /// <summary>A bit a pixel, packed to a 1032nd: no byte of a file holds more.</summary>
    private const long PixelsOfByte = 8 * 1032;

    /// <inheritdoc/>
    public override bool IsNative => true;

    /// <inheritdoc/>
    public override long UsualBytes => FuzzLimits.NativeBytes;

    /// <summary>
    /// The pixels that the headers tell of, where the files can hold them: a picture of one colour is thousands of times smaller than its
    /// pixels. Each frame is allocated by its decoder, and once more for the clip.
    /// </summary>
    public static long PixelBytes(IReadOnlyList<FuzzFile> files) => BytesOfPixel * files.Max(Pixels);

    /// <inheritdoc/>
    public override long RightfulBytes(IReadOnlyList<FuzzFile> files) => PixelBytes(files);

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound =>
        [.. PictureSeeds.Pngs.Select(seed => new FuzzFile[] { new("0000.png", seed), new("0001.png", seed) })];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        byte[] seed = dice.Pick(PictureSeeds.Pngs), changed = PngMutation.Change(dice, seed);
        seed.AsSpan(0, Math.Min(SignatureBytes, changed.Length)).CopyTo(changed);
        return [new("0000.png", dice.OneIn(4) ? seed : changed), new("0001.png", changed)];
    }

    /// <inheritdoc/>
    public override void Read(string folder) => Frames(folder);

    /// <summary>Reads a folder of frames to its end.</summary>
    public static void Frames(string folder)
    {
        using var reader = FrameFiles.Open(folder);
        long pixels = (long)reader.Format.Width * reader.Format.Height;
        BrokenPromiseException.Unless(pixels is > 0 and <= InputLimits.PicturePixels, $"frames of {pixels} pixels");
        byte[] frame = new byte[reader.Format.FrameBytes];
        int frames = 0;
        while (reader.TryRead(frame, out _)) frames++;
        BrokenPromiseException.Unless(frames == reader.Frames, $"{frames} frames of {reader.Frames}");
        foreach (var notice in reader.Notices) Judge.Check(notice);
    }

    private static long Pixels(FuzzFile file)
    {
        try
        {
            var header = PictureHeader.Read(file.Bytes, file.Bytes.Length, file.Name);
            return Math.Min((long)header.Width * header.Height, file.Bytes.Length * PixelsOfByte);
        }
        catch (InputException)
        {
            return 0;
        }
    }
}
