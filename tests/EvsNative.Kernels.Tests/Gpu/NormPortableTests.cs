using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Norm;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Gpu;

/// <summary>Norms in the tiles of GPUs, which plans for a processor do not choose: accesses of every width, with tails.</summary>
public sealed class NormPortableTests
{
    [Theory]
    [InlineData(1, 700, 9, 40, 0, 8)]
    [InlineData(70, 1, 2, 40, 0, 8)]
    [InlineData(2, 20, 31, 64, 33, 97)]
    [InlineData(3, 7, 5, 60, 36, 8)]
    [InlineData(1, 9, 9, 320, 320, 1)]
    public void Group_norms_planned_for_a_GPU_are_what_the_definition_says(int n, int h, int w, int channels, int channels2, int groups)
    {
        using var trial = new KernelTrial(Runner.OpenCL);
        Normalise(trial, new Shape(n, h, w, channels), channels2, groups, ElementType.Float32);
        Normalise(trial, new Shape(n, h, w, channels), channels2, groups, ElementType.Float16);
    }

    /// <summary>
    /// Channels behind the last whole block, of one input and of the second; pixels behind the last whole step; rows that are no multiple
    /// of an access; tensors that begin between two.
    /// </summary>
    [Theory]
    [InlineData(2, 3, 11, 72, 0, 9, 0)]
    [InlineData(1, 17, 9, 24, 80, 13, 0)]
    [InlineData(1, 2, 3, 76, 0, 19, 0)]
    [InlineData(1, 2, 3, 74, 0, 37, 0)]
    [InlineData(1, 5, 7, 64, 0, 16, 1)]
    public void Group_norms_with_tails_are_what_the_definition_says(
        int n, int h, int w, int channels, int channels2, int groups, int offset)
    {
        foreach (var runner in Enum.GetValues<Runner>())
        {
            using var trial = new KernelTrial(runner);
            foreach (var type in Enum.GetValues<ElementType>())
                Normalise(trial, new Shape(n, h, w, channels), channels2, groups, type, offset);
        }
    }

    /// <summary>The same tails; the moments given are of something else than what is normed.</summary>
    [Theory]
    [InlineData(2, 8, 8, 72, 9, 0)]
    [InlineData(1, 4, 32, 76, 19, 0)]
    [InlineData(1, 8, 8, 74, 37, 0)]
    [InlineData(1, 2, 32, 64, 2, 1)]
    public void Moments_and_norms_by_given_moments_are_what_the_definition_says(
        int n, int h, int w, int channels, int groups, int offset)
    {
        var shape = new Shape(n, h, w, channels);
        var draw = new Draw(channels);
        foreach (var runner in Enum.GetValues<Runner>())
        {
            using var trial = new KernelTrial(runner);
            foreach (var type in Enum.GetValues<ElementType>())
            {
                var other = KernelTrial.Stored(Values.Normal(draw, shape, 1, 100), type);
                var x = KernelTrial.Stored(Values.Normal(draw, shape, 1, 98), type);
                Values weight = Values.Normal(draw, Shape.Vector(channels)), bias = Values.Normal(draw, Shape.Vector(channels));
                Tensor moments = trial.Rent(ChannelMoments.ShapeOf(shape)!.Value), on = trial.Upload(x, type, offset);
                var norm = new GroupNormPortable(trial.Gpu, trial.Scratch, KernelTrial.Caps);
                new ChannelMomentsPortable(norm).Run(new ChannelMomentsCall(moments, trial.Upload(other, type, offset)));
                double[] wanted = Norms.Moments(other);
                trial.Check(moments, wanted);
                float[] left = trial.Download(moments);
                Assert.True(Relative.Error(Squares(left), [.. Squares(wanted)]) < OpenCLDevice.Tolerance);
                Tensor scale = trial.Upload(weight), shift = trial.Upload(bias);
                norm.Run(new GroupNormCall(on, on, null, scale, shift, groups, 1e-5f, Activation.Silu) { Moments = moments });
                var given = new Values(moments.Shape, left);
                trial.Check(on, Norms.GroupByMoments(x, given, weight, bias, groups, 1e-5f, Activation.Silu));
            }
        }

        T[] Squares<T>(T[] moments) => [.. moments.Where((_, i) => i / channels % 2 == 1)];
    }

    [Theory]
    [InlineData(Runner.OpenCL, 5)]
    [InlineData(Runner.OpenCL, 200)]
    [InlineData(Runner.OpenCL, 320)]
    [InlineData(Runner.OpenCL, 640)]
    [InlineData(Runner.OpenCL, 1280)]
    [InlineData(Runner.OpenCL, 2500)]
    [InlineData(Runner.Interpreter, 72)]
    [InlineData(Runner.Interpreter, 325)]
    [InlineData(Runner.Interpreter, 336)]
    [InlineData(Runner.Interpreter, 1288)]
    [InlineData(Runner.Interpreter, 2576)]
    public void Layer_norms_planned_for_a_GPU_are_what_the_definition_says(Runner runner, int channels)
    {
        using var trial = new KernelTrial(runner);
        var shape = new Shape(3, runner == Runner.OpenCL ? 7 : 1, channels > 1000 ? 1 : 5, channels);
        foreach (var type in Enum.GetValues<ElementType>())
        {
            foreach (int offset in (int[])[0, 2])
            {
                var draw = new Draw(channels);
                var x = KernelTrial.Stored(Values.Normal(draw, shape, 1, 100), type);
                var perImage = Values.Normal(draw, new Shape(2, 1, 1, channels));
                Values weight = Values.Normal(draw, Shape.Vector(channels)), bias = Values.Normal(draw, Shape.Vector(channels));
                var y = trial.Upload(x, type, offset);
                new LayerNormPortable(trial.Gpu, KernelTrial.Caps).Run(
                    new LayerNormCall(y, y, trial.Upload(weight), trial.Upload(bias), 1e-5f, trial.Upload(perImage)));
                trial.Check(y, Norms.Layer(x, weight, bias, 1e-5f, perImage));
            }
        }
    }

    /// <summary>A frame's chunks are those that it has among others, whatever moves them.</summary>
    [Fact]
    public void An_image_has_the_same_bits_alone_and_in_company()
    {
        using var trial = new KernelTrial(Runner.OpenCL);
        var draw = new Draw(3);
        foreach (int channels in (int[])[72, 76, 77])
        {
            var shape = new Shape(3, 5, 9, channels);
            var x = trial.Upload(Values.Normal(draw, shape), ElementType.Float16);
            var vector = trial.Upload(Values.Normal(draw, Shape.Vector(channels)));
            Tensor y = trial.Rent(shape, ElementType.Float16), alone = trial.Rent(shape with { N = 1 }, ElementType.Float16);
            var norm = new GroupNormPortable(trial.Gpu, trial.Scratch, KernelTrial.Caps);
            norm.Run(new GroupNormCall(y, x, null, vector, vector, 1, 1e-5f, Activation.None));
            norm.Run(new GroupNormCall(alone, x.Images(2, 1), null, vector, vector, 1, 1e-5f, Activation.None));
            Assert.Equal(trial.Download(y.Images(2, 1)), trial.Download(alone));
        }
    }

    private static void Normalise(KernelTrial trial, Shape first, int channels2, int groups, ElementType type, int offset = 0)
    {
        var draw = new Draw(first.N + first.H);
        var x = KernelTrial.Stored(Values.Normal(draw, first, 1, 100), type);
        var x2 = channels2 > 0 ? KernelTrial.Stored(Values.Normal(draw, first with { C = channels2 }, 1, 100), type) : null;
        var shape = first with { C = first.C + channels2 };
        Values weight = Values.Normal(draw, Shape.Vector(shape.C)), bias = Values.Normal(draw, Shape.Vector(shape.C));
        var on = trial.Upload(x, type, offset);

        // Over the input where there is one: who reads beside its own place then meets who writes there.
        var y = x2 is null ? on : trial.Rent(shape, type, offset);
        Tensor? more = x2 is null ? null : trial.Upload(x2, type, offset);
        var call = new GroupNormCall(
            y, on, more, trial.Upload(weight), trial.Upload(bias), groups, 1e-5f, Activation.Silu);
        new GroupNormPortable(trial.Gpu, trial.Scratch, KernelTrial.Caps).Run(call);
        trial.Check(y, Norms.Group(x, x2, weight, bias, groups, 1e-5f, Activation.Silu));
    }
}
