using System.Security.Cryptography;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Pillow's pictures come from expected.py beside the test project.</summary>
public sealed class PixelResizeTests
{
    [Theory]
    [InlineData(7, 9,
        "00264e0129510a325a1c446c375f87628ab279a1c9012850032b530d355d1f476f3b638b668eb67da5cd052d55083058133b63274f77436b937098c0"
        + "87afd70d355d123a621e466e325a825078a07da5d796bef51a426a2048702d557d426a926189b18fb7dfa9d1f92c547c325a82406890557db9779fd0"
        + "b1d997d2fa74426a9249719a5981a97199c58fb7c0b3db53c6ee12628ab26991c079a1cf9dc58cabd344678f423c6447729ac27aa2d48ab2e3b5dd6b"
        + "bae2003b633d00176a")]
    [InlineData(3, 2, "0a32592a527f7ca4c94b73a078a09d88b06f")]
    [InlineData(4, 3, "0129510f375f375f8779a1d11d456d3058805d85b7aed6c05d85ad759dc5a7cf65608840")]
    [InlineData(9, 5,
        "00274f012951052d550e365e1d456d3159815078a06e96be7ba3cb052d550830580e365e1941692951793e668e5e86ae7ea6ce8bb3db1a426a1e466e"
        + "244c74315981426a925981a97ba3cb9bc3ebaad2fa3d658d416991497199577fa76a92c982aad8a5cd93c7ef39d6fe136e96be729ac57ca4dd8cb4d3"
        + "afd772bfe7167ca421224a53002665")]
    [InlineData(1, 1, "547c8d")]
    public void A_small_picture_becomes_what_Pillow_makes_of_it(int width, int height, string expected)
    {
        var scaled = PixelResize.Bicubic(TestVideos.Formula(1, 5, 4), width, height);
        Assert.Equal((width, height), (scaled.Width, scaled.Height));
        Assert.Equal(expected, Convert.ToHexStringLower(scaled.Pixels));
    }

    [Theory]
    [InlineData(128, 128, "7883fde2ced5de050b4553c15d08df71efbad50d2abacd8b0e0a70ce9137e5e0")]
    [InlineData(100, 37, "cf3a0ee415e888527f27ccb710d6c16835cf89bb26961b37ae8029cd280bd95e")]
    [InlineData(31, 128, "08edacd90a21aa768d12b7416219fd8756ba660fc5f0e3e1f2449cd8b4517130")]
    [InlineData(64, 50, "98ffbe2595c2c9b27e44d361a1c04221ce06b96e47f84ef751d072ae41d9c7f4")]
    [InlineData(150, 64, "71e6ee0078a6eb9d0b2d5fb6ef165839e0ae39f6236894c46e7525a39853be91")]
    public void The_demo_clip_becomes_what_Pillow_makes_of_it(int width, int height, string sha256)
    {
        var scaled = PixelResize.Bicubic(TestVideos.Demo("clip"), width, height);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(scaled.Pixels)));
    }

    [Fact]
    public void The_same_size_is_the_same_clip()
    {
        var clip = TestVideos.Noise(2, 6, 5, 1);
        Assert.Same(clip, PixelResize.Bicubic(clip, 5, 6));
    }

    [Fact]
    public void Rate_and_source_are_kept()
    {
        var clip = TestVideos.Formula(2, 5, 4, new Rational(30000, 1001));
        var scaled = PixelResize.Bicubic(clip, 8, 10);
        Assert.Equal((clip.Rate, clip.Source, clip.Count), (scaled.Rate, scaled.Source, scaled.Count));
    }
}
