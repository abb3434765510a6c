using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Pointwise;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Gpu;

/// <summary>Pointwise operations in the accesses of GPUs, which plans for a processor do not choose.</summary>
public sealed class PointwisePortableTests
{
    // Whole accesses of both types, of float32 alone, and of neither; several groups and less than one.
    private static readonly int[] Counts = [8 * 1031, 4 * 257, 1003];

    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Sums_are_what_the_definition_says_wherever_tensors_begin(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var pointwise = new PointwisePortable(trial.Gpu, trial.Scratch, KernelTrial.Caps);
        foreach (var (type, count, terms, offset) in Forms())
        {
            var draw = new Draw(count + terms);
            var shape = Shape.Vector(count);
            Values[] xs = [.. Enumerable.Range(0, terms).Select(_ => KernelTrial.Stored(Values.Normal(draw, shape), type))];
            Tensor[] on = [.. xs.Select(x => trial.Upload(x, type, offset))];
            var y = terms == 2 ? on[1] : trial.Rent(shape, type);
            Tensor? second = terms > 1 ? on[1] : null, third = terms > 2 ? on[2] : null;
            pointwise.Run(new CombineCall(y, 2, on[0], terms > 1 ? -0.5f : 0, second, terms > 2 ? 3 : 0, third));
            double[] factors = [2, -0.5, 3];
            trial.Check(y, [.. Enumerable.Range(0, count).Select(i => xs.Select((x, k) => factors[k] * x.Data[i]).Sum())]);
        }
    }

    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Activations_and_changes_of_type_are_what_the_definition_says_wherever_tensors_begin(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var pointwise = new PointwisePortable(trial.Gpu, trial.Scratch, KernelTrial.Caps);
        foreach (var (type, count, terms, offset) in Forms())
        {
            var to = terms == 1 ? type : ElementType.Float32;
            var activation = terms == 3 ? Activation.None : Activation.Silu;
            var x = KernelTrial.Stored(Values.Normal(new Draw(count), Shape.Vector(count)), type);
            var y = trial.Rent(x.Shape, to, offset);
            pointwise.Run(new ActivateCall(y, trial.Upload(x, type, offset), activation));
            trial.Check(y, [.. x.Data.Select(value => Elementary.Activate(value, activation))]);
            if (type == ElementType.Float32) continue;
            var back = trial.Rent(x.Shape, ElementType.Float16);
            pointwise.Run(new CopyCall(back, trial.Upload(x)));
            Assert.Equal(x.Data, trial.Download(back));
        }
    }

    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Resizing_of_channels_of_any_number_is_what_the_definition_says(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var resize = new ResizePortable(trial.Gpu, KernelTrial.Caps);
        foreach (var type in Enum.GetValues<ElementType>())
        {
            foreach (var (channels, interpolation) in ((int, Interpolation)[])
                [(8, Interpolation.Nearest), (8, Interpolation.Bicubic), (4, Interpolation.Bilinear), (3, Interpolation.Bicubic)])
            {
                var x = KernelTrial.Stored(Values.Normal(new Draw(channels), new Shape(2, 5, 6, channels)), type);
                var y = trial.Rent(new Shape(2, 7, 13, channels), type);
                resize.Run(new ResizeCall(y, trial.Upload(x, type), interpolation));
                trial.Check(y, Pixels.Resize(x, 7, 13, interpolation));
            }
        }
    }

    /// <summary>Pictures that begin between two accesses, of elements that are no multiple of four.</summary>
    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Bytes_return_wherever_a_picture_begins(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var bytes = new FrameBytesPortable(trial.Gpu, trial.Scratch);
        foreach (var (type, height, offset) in (from type in Enum.GetValues<ElementType>()
                                                from height in (int[])[4, 5]
                                                from offset in (int[])[0, 1]
                                                select (type, height, offset)))
        {
            byte[] rgb = [.. Enumerable.Range(0, height * 7 * 3).Select(i => (byte)(i * 37))], back = new byte[rgb.Length];
            var y = trial.Rent(new Shape(1, height, 7, 3), type, offset);
            bytes.Run(new FromBytesCall(y, rgb));
            trial.Check(y, [.. rgb.Select(level => (level / 127.5) - 1)]);
            bytes.Run(new ToBytesCall(back, y));
            Assert.Equal(rgb, back);
        }
    }

    private static IEnumerable<(ElementType Type, int Count, int Terms, int Offset)> Forms() =>
        from type in Enum.GetValues<ElementType>()
        from count in Counts
        from terms in (int[])[1, 2, 3]
        from offset in (int[])[0, 3]
        where offset == 0 || terms == 2
        select (type, count, terms, offset);
}
