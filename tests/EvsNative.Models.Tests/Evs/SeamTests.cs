using EvsNative.Kernels;
using EvsNative.Models.Evs;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>
/// The demo's trained model on a clip of more than two windows: whoever compares neighbouring frames does not find the windows' borders.
/// The figures of longer runs are in evs.md 10.
/// </summary>
public sealed class SeamTests
{
    private const int Frames = 36, Size = 128;

    /// <summary>
    /// How far two neighbouring frames differ depends on the clip. So each pair is held against the same pair of a run whose windows have
    /// no border there: the run as it is by default, and one whose windows neither overlap nor shift, which is seen to have seams.
    /// </summary>
    [Fact]
    public void Borders_of_windows_are_not_seen()
    {
        using var d = Device.Open();
        using var parts = ModelParts.Open(new ModelRequest(Repository.File("weights", "evs-tiny")));
        var networks = EvsNetworks.Load(d, parts);
        var usual = new EvsConfig
        {
            Mode = EvsMode.T2V,
            VideoStart = 2,
            Seed = 7,
            Motion = parts.MotionProfile,
            ImageScheduler = parts.ImageScheduler,
        };
        var apart = usual with { WindowOverlap = 0, WindowShift = false };
        byte[] weak = Enlarged(BalloonClip.Spoil(BalloonClip.Render(Frames, Size), Frames, Size, seed: 3));
        byte[] smooth = Refined(d, networks, weak, usual), seamed = Refined(d, networks, weak, apart);
        HashSet<int> ours = Borders(usual), theirs = Borders(apart);
        Assert.Equal([5, 8, 15, 17, 19, 21, 24, 33], ours.Order());
        Assert.Equal([15, 19, 31], theirs.Order());

        foreach (var (name, measure) in new (string, Func<byte[], int, int, double[]>)[]
        {
            ("flicker", PairMeasures.Flicker), ("residual", PairMeasures.Residual),
        })
        {
            double[] a = measure(smooth, Size, Size), b = measure(seamed, Size, Size);
            double seam = Ratio(a, b, ours, theirs), plain = Ratio(b, a, theirs, []);
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {seam:F3}, without overlap {plain:F3}");
            Assert.InRange(seam, 0.9, 1.05);
            Assert.True(plain > 1.1, $"{name}: {plain}");
        }
    }

    /// <summary>At borders against inside, each pair over the same pair of the other run.</summary>
    private static double Ratio(double[] own, double[] other, HashSet<int> borders, HashSet<int> leftOut)
    {
        double[] over = [.. own.Zip(other, (p, q) => p / q)];
        int[] pairs = [.. Enumerable.Range(0, over.Length).Where(pair => !leftOut.Contains(pair))];
        double inside = pairs.Where(pair => !borders.Contains(pair)).Average(pair => over[pair]);
        return pairs.Where(borders.Contains).Average(pair => over[pair]) / inside;
    }

    /// <summary>Pairs of neighbouring frames of which a window of some step holds one alone, by their first frame.</summary>
    private static HashSet<int> Borders(EvsConfig config) =>
    [
        .. Enumerable.Range(1, config.VideoStart).SelectMany(k => config.Windows(32).Of(Frames, k))
            .SelectMany(window => new[] { window.First - 1, window.End - 1 }).Where(pair => pair >= 0 && pair < Frames - 1),
    ];

    private static byte[] Refined(Device d, EvsNetworks networks, byte[] clip, EvsConfig config)
    {
        const int Frame = Size * Size * 3;
        byte[] result = new byte[clip.Length];
        new EvsPipeline(networks).Refine(
            d,
            (frame, rgb) => clip.AsSpan(frame * Frame, Frame).CopyTo(rgb),
            new Shape(Frames, Size, Size, 3),
            (frame, rgb) => rgb.CopyTo(result.AsSpan(frame * Frame, Frame)),
            BalloonClip.Prompt,
            config);
        return result;
    }

    /// <summary>Twice the size; the model smooths what that leaves.</summary>
    private static byte[] Enlarged(byte[] clip)
    {
        const int Half = Size / 2;
        byte[] large = new byte[clip.Length * 4];
        for (int i = 0; i < large.Length; i++)
        {
            int c = i % 3, x = i / 3 % Size, y = i / 3 / Size % Size, frame = i / 3 / Size / Size;
            int At(int dx, int dy)
            {
                int column = Math.Clamp(((x - 1) / 2) + dx, 0, Half - 1), row = Math.Clamp(((y - 1) / 2) + dy, 0, Half - 1);
                return clip[(((((frame * Half) + row) * Half) + column) * 3) + c];
            }

            large[i] = (byte)((At(0, 0) + At(1, 0) + At(0, 1) + At(1, 1)) / 4);
        }

        return large;
    }
}
