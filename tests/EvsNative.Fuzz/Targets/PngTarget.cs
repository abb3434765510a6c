using System.Buffers.Binary;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Fuzz.Targets;

/// <summary>Folders of frames whose files begin as a PNG does.</summary>
internal sealed class PngTarget() : FuzzTarget("png", "frames of every kind of PNG", 2500)
{
    private const int SignatureBytes = 8, WidthAt = 16, HeightAt = 20, MostBytesOfPixel = 24;

    /// <inheritdoc/>
    public override bool IsNative => true;

    /// <inheritdoc/>
    public override long UsualBytes => FuzzLimits.NativeBytes;

    /// <summary>
    /// The pixels that the header announces: a PNG of one colour is a thousand times smaller than they. A decoder holds them as they are
    /// stored, filtered and as bytes of three colours.
    /// </summary>
    public static long Pixels(IReadOnlyList<FuzzFile> files)
    {
        byte[] largest = files.Select(file => file.Bytes).MaxBy(Announced)!;
        return MostBytesOfPixel * Announced(largest);
    }

    /// <inheritdoc/>
    public override long RightfulBytes(IReadOnlyList<FuzzFile> files) => Pixels(files);

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
        foreach (var notice in reader.Notices)
            BrokenPromiseException.Unless(Judge.Fault(notice.Message) is null, $"a notice with {Judge.Fault(notice.Message)}");
    }

    private static long Announced(byte[] file)
    {
        if (file.Length < HeightAt + sizeof(int)) return 0;
        long width = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(WidthAt));
        long height = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(HeightAt));
        return width <= InputLimits.PictureEdge && height <= InputLimits.PictureEdge && width * height <= InputLimits.PicturePixels
            ? width * height
            : 0;
    }
}
