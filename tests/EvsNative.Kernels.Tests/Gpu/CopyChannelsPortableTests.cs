using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Pointwise;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Gpu;

/// <summary>Copies of channels in the accesses of GPUs, which plans for a processor do not choose.</summary>
public sealed class CopyChannelsPortableTests
{
    [Theory]
    [InlineData(Runner.OpenCL)]
    [InlineData(Runner.Interpreter)]
    public void Channels_are_copied_whole_accesses_at_a_time_or_one_by_one(Runner runner)
    {
        using var trial = new KernelTrial(runner);
        var operation = new CopyChannelsPortable(trial.Gpu, KernelTrial.Caps);
        foreach (var type in Enum.GetValues<ElementType>())
        {
            foreach (var (to, from, count, rest, offset) in ((int, int, int, int, int)[])
                [(8, 16, 24, 8, 0), (4, 0, 12, 4, 0), (1, 4, 8, 3, 0), (8, 8, 8, 0, 3)])
            {
                var draw = new Draw(count + to);
                var old = KernelTrial.Stored(Values.Normal(draw, new Shape(2, 5, 33, to + count + rest)), type);
                var x = KernelTrial.Stored(Values.Normal(draw, old.Shape with { C = from + count + rest }), type);
                var y = trial.Upload(old, type);
                operation.Run(new CopyChannelsCall(y, to, trial.Upload(x, type, offset), from, count));
                Assert.Equal(Pointwises.Copied(old, to, x, from, count), trial.Download(y).Select(v => (double)v));
            }
        }
    }
}
