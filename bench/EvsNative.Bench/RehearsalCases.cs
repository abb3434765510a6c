using EvsNative.Kernels;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Models;
using EvsNative.Models.Tests.Networks;

namespace EvsNative.Bench;

/// <summary>
/// Each operation once on a tiny shape, from the self-test's rows: for trying the whole bench where no GPU is, even on an interpreter.
/// Small passes and lines of the real table come with them where those are named and the device is a processor.
/// </summary>
internal static class RehearsalCases
{
    private const string Group = "rehearsal";

    private static readonly Shape Tiny = new(1, 4, 5, 32);

    /// <param name="caps">the device</param>
    /// <param name="words">of lines of the real table</param>
    public static IEnumerable<Case> For(GpuCaps caps, IReadOnlyCollection<string> words)
    {
        var tiny = SelfTest.Rows.DistinctBy(row => row.Call).Select(row =>
            new Case(Group, row.Name, d => row.Prepare(d, Tiny, new SelfTestInputs()).Run, []));
        return caps.IsProcessor && words.Count > 0 ? [.. tiny, Pass(0), Pass(4), .. Cases.ForGpu(words)] : tiny;
    }

    /// <summary>A pass of the goldens' small U-Net.</summary>
    private static Case Pass(int frames) => new(
        Group,
        frames > 0 ? $"small motion U-Net pass, {frames} frames" : "small U-Net pass",
        d =>
        {
            var network = SmallNetworks.UNet(d);
            var z = Inputs.Latents(d, new Shape(Math.Max(frames, 1), 16, 24, 4));
            var text = Inputs.Latents(d, new Shape(1, 1, 77, SmallNetworks.UNetSizes.CrossAttentionDim));
            return () =>
            {
                using var scope = d.Enter("pass");
                network.Forward(d, z, new Conditioning { Timestep = 481, Text = text, Frames = frames });
            };
        },
        [])
    {
        IsNetwork = true,
    };
}
