using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Opacity goes along as a plane of its own, and what lies under transparent pixels becomes no picture.</summary>
public sealed class OpacityTests : IDisposable
{
    /// <summary>A red disc, opaque, in noise that is transparent.</summary>
    private const string Disc =
        "color=red:s=64x64:r=8:d=0.25,format=rgba,geq=r='if(lt(hypot(X-32,Y-32),12),220,random(1)*255)':g='60+random(2)*99':"
        + "b='random(3)*255':a='if(lt(hypot(X-32,Y-32),12),255,0)'";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("in.apng", "")]
    [InlineData("in.mov", "-c:v prores_ks -pix_fmt yuva444p10le")]
    [InlineData("in.webm", "-c:v libvpx -pix_fmt yuva420p -auto-alt-ref 0 -b:v 4M")]
    [InlineData("in9.webm", "-c:v libvpx-vp9 -pix_fmt yuva420p -b:v 4M -speed 8")]
    [InlineData("%d.png", "")]
    [InlineData("%d.webp", "-c:v libwebp -lossless 1")]
    [InlineData("in.webp", "-c:v libwebp_anim -lossless 1")]
    public void A_disc_in_transparent_noise_is_a_disc(string name, string encode)
    {
        Ffmpeg.Need();
        Ffmpeg.Run(["-f", "lavfi", "-i", Disc, .. encode.Split(' ', StringSplitOptions.RemoveEmptyEntries), _folder[name]]);
        using var reader = FrameFiles.Open(_folder[name]);
        Assert.True(reader.Format.HasAlpha);
        Assert.Equal(2, reader.Frames);
        Assert.Contains(
            reader.Notices, n => n.Code == NoticeCode.Changed && n.Message.Contains("transparent pixels take", StringComparison.Ordinal));
        byte[] rgb = new byte[reader.Format.FrameBytes];
        while (reader.TryRead(rgb, out _))
        {
            var alpha = reader.Alpha;
            Assert.Equal(64 * 64, alpha.Length);
            Assert.InRange(alpha[32 * 64 + 32], 250, 255);
            Assert.InRange(alpha[2 * 64 + 2], 0, 4);
            // Near the corner there was noise of all colours; now it has the disc's red.
            for (int i = 0; i < 64 * 5; i++) Assert.InRange(rgb[i * 3], 160, 255);
        }
    }

    [Theory]
    [InlineData("in.apng")]
    [InlineData("%d.png")]
    public void An_opaque_clip_with_a_plane_of_opacity_is_an_opaque_clip(string name)
    {
        Ffmpeg.Need();
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc2=s=32x32:r=8:d=0.25,format=rgba", _folder[name]);
        using var reader = FrameFiles.Open(_folder[name]);
        Assert.False(reader.Format.HasAlpha);
        Assert.Empty(reader.Notices);
        VideoFrames.Read(reader);
        Assert.True(reader.Alpha.IsEmpty);
    }

    [Fact]
    public void Holes_are_filled_from_around_them()
    {
        const int width = 13, height = 9;
        byte[] rgb = new byte[width * height * 3], alpha = new byte[width * height];
        new Random(3).NextBytes(rgb);
        // Left of the middle opaque and dark, right of it opaque and bright, rubbish between.
        for (int i = 0; i < alpha.Length; i++)
        {
            int x = i % width;
            if (x is >= 3 and <= 9) continue;
            alpha[i] = 255;
            rgb.AsSpan(i * 3, 3).Fill((byte)(x < 3 ? 40 : 200));
        }

        byte[] filled = [.. rgb];
        new AlphaBleed(width, height).Apply(filled, alpha);
        for (int i = 0; i < alpha.Length; i++)
        {
            if (alpha[i] == 255) Assert.Equal(rgb[i * 3], filled[i * 3]);
            else Assert.InRange(filled[i * 3], 40, 200);
        }

        Assert.InRange(filled[(4 * width + 3) * 3], 40, 119);
        Assert.InRange(filled[(4 * width + 9) * 3], 121, 200);
    }

    [Fact]
    public void Nothing_but_holes_is_black_and_nothing_but_picture_stays()
    {
        byte[] rgb = new byte[5 * 4 * 3];
        new Random(1).NextBytes(rgb);
        byte[] once = [.. rgb], alpha = [.. Enumerable.Repeat(AlphaBleed.Seen, 20)];
        var bleed = new AlphaBleed(5, 4);
        bleed.Apply(once, alpha);
        Assert.Equal(rgb, once);
        bleed.Apply(once, new byte[20]);
        Assert.All(once, value => Assert.Equal(0, value));
    }
}
