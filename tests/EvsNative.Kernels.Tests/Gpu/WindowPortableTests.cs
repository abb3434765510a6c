using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Pointwise;
using EvsNative.Kernels.Window;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Gpu;

/// <summary>Operations over windows, and slopes of channels, in the accesses of GPUs, which plans for a processor do not choose.</summary>
public sealed class WindowPortableTests
{
    // Whole accesses of both types, of float32 alone, and of neither.
    private static readonly int[] Channels = [16, 12, 3];

    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Patches_of_channels_of_any_number_are_what_the_definition_says(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var patches = new PatchesPortable(trial.Gpu, KernelTrial.Caps);
        PatchGeometry[] geometries = [new(4, 4, 4), new(7, 5, 2, 3), new(2, 3, 2, 0, 2), new(2, 2, 2, 0, 2, RoundsUp: true)];
        foreach (var (type, channels, offset) in Forms())
        {
            foreach (var geometry in geometries)
            {
                var x = KernelTrial.Stored(Values.Normal(new Draw(channels), new Shape(geometry.RoundsUp ? 3 : 4, 7, 9, channels)), type);
                var y = trial.Rent(geometry.Of(x.Shape), type);
                patches.Run(new PatchesCall(y, trial.Upload(x, type, offset), geometry));
                trial.Check(y, Windows.Patches(x, geometry));
            }
        }
    }

    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Unpatches_of_channels_of_any_number_are_what_the_definition_says(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var unpatches = new UnpatchesPortable(trial.Gpu, KernelTrial.Caps);
        foreach (var (type, channels, offset) in Forms())
        {
            foreach (int scale in (int[])[2, 3])
            {
                var x = KernelTrial.Stored(Values.Normal(new Draw(channels), new Shape(2, 4, 5, scale * scale * channels)), type);
                var y = trial.Rent(new Shape(2, 4 * scale, 5 * scale, channels), type);
                unpatches.Run(new UnpatchesCall(y, trial.Upload(x, type, offset), scale));
                trial.Check(y, Windows.Unpatches(x, scale));
            }
        }
    }

    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Depthwise_convolutions_of_channels_of_any_number_are_what_the_definition_says(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var depthwise = new DepthwisePortable(trial.Gpu, KernelTrial.Caps);
        foreach (var (type, channels, offset) in Forms())
        {
            foreach (var (kernel, frames) in ((Shape, int)[])[(new(1, 7, 7, channels), 1), (new(3, 3, 5, channels), 2)])
            {
                var draw = new Draw(channels);
                var x = KernelTrial.Stored(Values.Normal(draw, new Shape(4, 5, 9, channels)), type);
                Values filter = Values.Normal(draw, kernel), bias = Values.Normal(draw, Shape.Vector(channels));
                var y = trial.Rent(x.Shape, type);
                depthwise.Run(new DepthwiseCall(y, trial.Upload(x, type, offset), trial.Upload(filter), trial.Upload(bias), frames));
                trial.Check(y, Windows.Depthwise(x, filter, bias, frames));
            }
        }
    }

    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Means_of_channels_of_any_number_are_what_the_definition_says(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var pool = new AveragePoolPortable(trial.Gpu, KernelTrial.Caps);
        foreach (var (type, channels, offset) in Forms())
        {
            var x = KernelTrial.Stored(Values.Normal(new Draw(channels), new Shape(2, 7, 9, channels)), type);
            var y = trial.Rent(new Shape(2, 3, 4, channels), type);
            pool.Run(new AveragePoolCall(y, trial.Upload(x, type, offset)));
            trial.Check(y, Windows.AveragePool(x));
        }
    }

    /// <summary>Several groups, of which the last is not full, and pixels that begin anywhere in a group.</summary>
    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Slopes_of_channels_of_any_number_are_what_the_definition_says(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var prelu = new PreluPortable(trial.Gpu, KernelTrial.Caps);
        foreach (var (type, channels, offset) in Forms().Append((ElementType.Float32, 20, 0)).Append((ElementType.Float32, 1100, 0)))
        {
            foreach (bool hasResidual in (bool[])[false, true])
            {
                var draw = new Draw(channels);
                var shape = new Shape(2, 9, 41, channels);
                if (channels > 1000) shape = shape with { H = 1, W = 5 };
                Values x = KernelTrial.Stored(Values.Normal(draw, shape), type), slope = Values.Normal(draw, Shape.Vector(channels));
                var residual = hasResidual ? KernelTrial.Stored(Values.Normal(draw, shape), type) : null;
                Tensor on = trial.Upload(x, type, offset), y = hasResidual ? trial.Rent(shape, type) : on;
                Tensor? added = residual is null ? null : trial.Upload(residual, type);
                prelu.Run(new PreluCall(y, on, trial.Upload(slope), added));
                trial.Check(y, Pointwises.Prelu(x, slope, residual));
            }
        }
    }

    private static IEnumerable<(ElementType Type, int Channels, int Offset)> Forms() =>
        from type in Enum.GetValues<ElementType>()
        from channels in Channels
        from offset in (int[])[0, 3]
        where offset == 0 || channels == 16
        select (type, channels, offset);
}
