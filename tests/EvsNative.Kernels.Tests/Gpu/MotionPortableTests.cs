using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Motion;
using EvsNative.Kernels.Pointwise;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Gpu;

/// <summary>Warps, look-ups and blends in the accesses of GPUs, which plans for a processor do not choose.</summary>
public sealed class MotionPortableTests
{
    // Whole accesses of both types, of float32 alone, and of neither.
    private static readonly int[] Channels = [16, 4, 3];

    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Warps_are_what_the_definition_says_wherever_tensors_begin(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var warp = new WarpPortable(trial.Gpu, KernelTrial.Caps);
        foreach (var (type, channels, offset) in Forms())
        {
            var draw = new Draw(channels);
            var x = KernelTrial.Stored(Values.Normal(draw, new Shape(2, 5, 23, channels)), type);
            var flow = Values.Normal(draw, x.Shape with { C = 3 }, 3);
            var y = trial.Rent(x.Shape, type, offset);
            warp.Run(new WarpCall(y, trial.Upload(x, type, offset), trial.Upload(flow), 1));
            trial.Check(y, Motions.Warp(x, flow, 1));
        }
    }

    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Lookups_are_what_the_definition_says_wherever_tensors_begin(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var lookup = new LookupPortable(trial.Gpu, KernelTrial.Caps);
        foreach (var (type, channels, offset) in Forms())
        {
            // The largest radius fills shared memory; the smallest leaves threads without work.
            int radius = channels == 3 ? 1 : 4, side = (2 * radius) + 1;
            var draw = new Draw(channels);
            var a = KernelTrial.Stored(Values.Normal(draw, new Shape(2, 3, 5, channels)), type);
            Shape[] shapes = [a.Shape, a.Shape with { H = 2, W = 3 }];
            Values[] levels = [.. shapes.Select(shape => KernelTrial.Stored(Values.Normal(draw, shape), type))];
            var flow = Values.Normal(draw, a.Shape with { C = 2 }, 2);
            var y = trial.Rent(a.Shape with { C = levels.Length * side * side }, type);
            Tensor[] on = [.. levels.Select(level => trial.Upload(level, type, offset))];
            lookup.Run(new LookupCall(y, trial.Upload(a, type, offset), on, trial.Upload(flow), radius, 0, 2));
            trial.Check(y, Motions.Lookup(a, levels, flow, radius, 0, 2));
        }
    }

    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Blends_are_what_the_definition_says_wherever_tensors_begin(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var blend = new BlendPortable(trial.Gpu, KernelTrial.Caps);
        foreach (var (type, channels, offset) in Forms())
        {
            var draw = new Draw(channels);
            var shape = new Shape(2, 5, 23, channels);
            Values a = KernelTrial.Stored(Values.Normal(draw, shape), type), b = KernelTrial.Stored(Values.Normal(draw, shape), type);
            var mask = KernelTrial.Stored(Values.Normal(draw, shape with { C = 3 }), type);
            var y = trial.Upload(b, type, offset);
            blend.Run(new BlendCall(y, trial.Upload(a, type, offset), y, trial.Upload(mask, type), 2));
            trial.Check(y, Pointwises.Blended(a, b, mask, 2));
        }
    }

    private static IEnumerable<(ElementType Type, int Channels, int Offset)> Forms() =>
        from type in Enum.GetValues<ElementType>()
        from channels in Channels
        from offset in (int[])[0, 3]
        where offset == 0 || channels == 4
        select (type, channels, offset);
}
