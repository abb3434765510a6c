using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests;

/// <summary>Clips to test with, and where the repository keeps its own.</summary>
internal static class TestClips
{
    /// <summary>The pictures of formula() in expected.py.</summary>
    public static Clip Formula(int frames, int height, int width, Rational? rate = null) => Make(frames, height, width, rate,
        (t, y, x, c) => (t * t * 29 + x * x * 13 + y * y * 7 + x * y * (t + 3) + c * 40) % 251);

    /// <summary>Smooth colours that drift, such as a video codec likes.</summary>
    public static Clip Smooth(int frames, int height, int width, Rational? rate = null) => Make(frames, height, width, rate, (t, y, x, c) =>
        (int)(128 + 50 * Math.Sin((x + 2 * t) * 6.28 / width + c) + 50 * Math.Cos((y - t) * 6.28 / height + 2 * c)));

    /// <summary>Bytes without any order.</summary>
    public static Clip Noise(int frames, int height, int width, int seed)
    {
        byte[] pixels = new byte[frames * height * width * Clip.Channels];
        new Random(seed).NextBytes(pixels);
        return new Clip(pixels, frames, height, width, PngFolder.DefaultRate, "noise");
    }

    /// <summary>A folder of weights/demo.</summary>
    public static Clip Demo(string name) => PngFolder.Read(Path.Combine(Root(), "weights", "demo", name));

    private static Clip Make(int frames, int height, int width, Rational? rate, Func<int, int, int, int, int> value)
    {
        byte[] pixels = new byte[frames * height * width * Clip.Channels];
        int i = 0;
        for (int t = 0; t < frames; t++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    for (int c = 0; c < Clip.Channels; c++) pixels[i++] = (byte)value(t, y, x, c);
        return new Clip(pixels, frames, height, width, rate ?? PngFolder.DefaultRate, "made for a test");
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "EvsNative.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests run inside the repository.");
    }
}
