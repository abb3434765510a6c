using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Bench.Tests;

/// <summary>The checks of bench/gpu-there.sh, and the files that its parts hand to one another.</summary>
public sealed class FirstContactTests
{
    [Fact]
    public void Every_small_golden_holds_on_the_processor()
    {
        using var d = Device.Open();
        Assert.Equal(0, GoldenBench.Print(d, [], isMarkdown: true, jsonPath: null));
        Assert.Contains("unet small", Assert.Throws<InputException>(() => GoldenBench.Print(d, ["warp"], false, null)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_golden_that_is_missed_counts()
    {
        using var d = Device.Open();
        using var scope = d.Enter("golden");
        var golden = SmallGoldens.All[0];
        Assert.InRange(golden.Error(d), 1e-9, golden.ToleranceOn(d));
        using var half = Device.Open(new DeviceOptions(Backend.Null, Precision: ElementType.Float16, Profile: GpuProfiles.Ada));
        Assert.Equal(SmallGoldens.All.Count, GoldenBench.Print(half, [], isMarkdown: false, jsonPath: null));
    }

    [Theory]
    [InlineData(25.6, 3.3, 1.5, 3.7, 0)]
    [InlineData(24.0, 3.3, 1.5, 3.7, 1)]
    [InlineData(25.6, 4.0, 1.5, 3.7, 1)]
    [InlineData(25.6, 3.3, 1.9, 3.7, 1)]
    [InlineData(22.9, 7.2, 2.8, 2.8, 4)]
    public void A_demo_is_held_to_the_bars_of_its_quality(double psnr, double flicker, double residual, double sharpness, int missed)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["demo.json"], $$"""
            {
              "precision": "float16", "seconds": 3,
              "before": { "psnr": 22.92, "flicker": 7.18, "residual": 2.80, "sharpness": 2.78 },
              "after": { "psnr": {{psnr}}, "flicker": {{flicker}}, "residual": {{residual}}, "sharpness": {{sharpness}} }
            }
            """);
        Assert.Equal(missed, DemoCheck.Print(folder["demo.json"], null, null, false, folder["lines.jsonl"]));
        Assert.Equal(missed == 0 ? 0 : 1, BenchCommands.Run(["demo", folder["demo.json"]]));
    }

    [Fact]
    public void A_file_that_is_no_summary_is_a_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["demo.json"], "{}");
        Assert.Equal(2, BenchCommands.Run(["demo", folder["demo.json"]]));
        Assert.Equal(2, BenchCommands.Run(["beside", folder["none"], folder["none"]]));
        Assert.Equal(2, BenchCommands.Run(["gpu", "--list", "--json", Path.Combine(folder.Path, "no", "folder")]));
    }

    [Fact]
    public void A_peers_fastest_form_stands_beside_our_line()
    {
        GpuLine[] ours = [Line("a", 2), Line("b", 2), Line("c", null), Line("alone", 1)];
        PeerLine[] theirs =
        [
            new(null, null, null, null, "torch"), new("a", 3, "eager", null, null), new("a", 1, "compiled", null, null),
            new("b", null, null, "it cannot", null), new("c", 1, "eager", null, null), new("elsewhere", 1, "eager", null, null),
        ];
        var pairs = BesidePeer.Join(ours, theirs);
        Assert.Equal(["a", "b", "c"], pairs.Select(pair => pair.Ours.Line));
        Assert.Equal(["compiled", null, "eager"], pairs.Select(pair => pair.Theirs.Variant));
        Assert.Equal([0.5, null, null], pairs.Select(pair => BesidePeer.Ratio(pair.Ours, pair.Theirs)));
    }

    [Fact]
    public void A_line_that_a_stop_cut_off_is_left_out()
    {
        using var folder = new TemporaryFolder();
        using (var json = new JsonLines(folder["lines.jsonl"]))
        {
            json.Write(Line("a", 1));
            Assert.True(new FileInfo(folder["lines.jsonl"]).Length > 0);
        }

        File.AppendAllText(folder["lines.jsonl"], "{\"line\":\"b\",\"gro");
        var line = Assert.Single(JsonLines.Read<GpuLine>(folder["lines.jsonl"]));
        Assert.Equal(Line("a", 1), line);
    }

    [Fact]
    public void A_failure_that_is_no_number_is_written_and_read()
    {
        using var folder = new TemporaryFolder();
        var line = new AgreeLine("a", "kernel", double.NaN, double.PositiveInfinity, "FAIL: no numbers");
        using (var json = new JsonLines(folder["lines.jsonl"])) json.Write(line);
        Assert.Equal(line, Assert.Single(JsonLines.Read<AgreeLine>(folder["lines.jsonl"])));
    }

    private static GpuLine Line(string name, double? milliseconds) => new(name, "group", "fp16", milliseconds, 1, 1, 0.5);
}
