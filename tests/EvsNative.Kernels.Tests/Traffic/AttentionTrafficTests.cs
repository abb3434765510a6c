using EvsNative.Kernels.Attention;

namespace EvsNative.Kernels.Tests.Traffic;

/// <summary>What attention on tensor cores asks of memory.</summary>
public sealed class AttentionTrafficTests(TrafficDevices devices) : IClassFixture<TrafficDevices>
{
    // Rows of 40 channels, 80 bytes, begin within a sector of their neighbours: 96 bytes hold them at best.
    private const double SectorsOf40 = 1.25;

    [Theory]
    [InlineData(80, 40, 2, 160, 0, SectorsOf40)]
    [InlineData(80, 40, 2, 128, 77, SectorsOf40)]
    [InlineData(80, 64, 1, 128, 0, TrafficRun.MostSectors)]
    [InlineData(80, 64, 1, 77, 130, TrafficRun.MostSectors)]
    [InlineData(80, 80, 2, 128, 0, TrafficRun.MostSectors)]
    [InlineData(80, 80, 1, 100, 77, TrafficRun.MostSectors)]
    [InlineData(80, 128, 1, 128, 0, TrafficRun.MostSectors)]
    [InlineData(80, 128, 1, 70, 90, TrafficRun.MostSectors)]
    [InlineData(80, 160, 1, 128, 0, TrafficRun.MostSectors)]
    [InlineData(80, 160, 1, 40, 77, TrafficRun.MostSectors)]
    [InlineData(75, 40, 2, 128, 0, SectorsOf40)]
    [InlineData(75, 64, 1, 128, 77, TrafficRun.MostSectors)]
    [InlineData(75, 128, 1, 70, 90, TrafficRun.MostSectors)]
    [InlineData(75, 160, 1, 64, 64, TrafficRun.MostSectors)]
    [InlineData(80, 80, 1, 70, 0, TrafficRun.MostSectors, true)]
    public void Long_sequences(int sm, int headSize, int heads, int queries, int words, double mostSectors, bool isBlended = false)
    {
        using var run = devices.Open(sm);
        Tensor q = run.Zeros(new Shape(1, 1, queries, headSize * heads)), y = run.Zeros(q.Shape);
        var keys = words > 0 ? q.Shape with { W = words } : q.Shape;
        Tensor k = run.Zeros(keys), v = run.Zeros(keys);
        QueryBlend? blend = isBlended ? new QueryBlend(run.Zeros(q.Shape), 0.5f) : null;
        var call = new AttentionCall(y, q, k, v, new AttentionOptions(heads, Blend: blend));
        long bytes = AttentionTensor.PlanOf(run.Caps, call)!.Value.Bytes(call);
        var kernel = run.Check("StreamingAttention", bytes, () => run.Streaming.Run(call), mostSectors);
        TrafficRun.CheckSectors(kernel, most: mostSectors);
    }

    // Words of keys and values change places on their way into shared memory, once a group: banks are met twice there alone.
    [Theory]
    [InlineData(32, 2, 256, 77)]
    [InlineData(40, 2, 512, 77)]
    [InlineData(40, 2, 70, 20)]
    [InlineData(64, 1, 512, 77)]
    [InlineData(64, 1, 70, 77)]
    [InlineData(80, 1, 512, 77)]
    [InlineData(96, 1, 100, 40)]
    [InlineData(128, 1, 128, 77)]
    [InlineData(160, 1, 256, 77)]
    [InlineData(160, 1, 70, 40)]
    [InlineData(40, 2, 200, 77, true)]
    public void Texts(int headSize, int heads, int queries, int words, bool isBlended = false)
    {
        using var run = devices.Open(80);
        Tensor q = run.Zeros(new Shape(2, 1, queries, headSize * heads)), y = run.Zeros(q.Shape);
        Tensor k = run.Zeros(new Shape(1, 1, words, q.Shape.C)), v = run.Zeros(k.Shape);
        QueryBlend? blend = isBlended ? new QueryBlend(run.Zeros(q.Shape), 0.5f) : null;
        var call = new AttentionCall(y, q, k, v, new AttentionOptions(heads, Blend: blend));
        long bytes = TextPlan.Of(headSize, heads, queries, words, isBlended).Bytes(call);
        var kernel = run.Check("TextAttention", bytes, () => run.Device.Kernels.Run(call), mostOtherConflicts: 3);
        TrafficRun.CheckSectors(kernel);
        Assert.Equal(1, kernel.Of("ldmatrix").Conflicts);
    }

    [Theory]
    [InlineData(40, 8, 16)]
    [InlineData(64, 4, 32)]
    [InlineData(64, 2, 17)]
    [InlineData(80, 2, 16)]
    [InlineData(128, 1, 24)]
    [InlineData(160, 1, 13)]
    [InlineData(160, 1, 32)]
    [InlineData(40, 2, 3, true)]
    public void Frames(int headSize, int heads, int frames, bool isBlended = false)
    {
        using var run = devices.Open(80);
        var shape = new Shape(frames, 1, 4, headSize * heads);
        Tensor q = run.Zeros(shape), k = run.Zeros(shape), v = run.Zeros(shape), y = run.Zeros(shape);
        QueryBlend? blend = isBlended ? new QueryBlend(run.Zeros(shape), 0.5f) : null;
        var call = new AttentionCall(y, q, k, v, new AttentionOptions(heads, SequenceAxis.Frames, frames, Blend: blend));
        var kernel = run.Count(() => run.Device.Kernels.Run(call))[0];
        Assert.StartsWith("FrameAttention", kernel.Name, StringComparison.Ordinal);
        TrafficRun.CheckSectors(kernel);
        Assert.Equal(0, kernel.Total.Wavefronts);
        TrafficRun.CheckBytes([kernel], FramePlan.Bytes(call));
    }

    /// <summary>Two products and a softmax between them; no bank is met twice in any of the three.</summary>
    [Theory]
    [InlineData(256, 1, 128, 128)]
    [InlineData(176, 1, 70, 77)]
    [InlineData(192, 2, 140, 40)]
    public void Wide_heads(int headSize, int heads, int queries, int keys)
    {
        using var run = devices.Open(80);
        var shape = new Shape(1, 1, queries, headSize * heads);
        Tensor Zeros(int rows) => run.Zeros(shape with { W = rows }, ElementType.Float32);
        var call = new AttentionCall(Zeros(queries), Zeros(queries), Zeros(keys), Zeros(keys), new AttentionOptions(heads));
        var kernels = run.Count(() => run.Device.Kernels.Run(call));
        Assert.Equal(["WideProduct", "WideSoftmax", "WideProduct"], kernels.Select(kernel => kernel.Name.Split('_')[0]));
        Assert.All(kernels, kernel => Assert.True(kernel.Total.Conflicts <= 1, $"banks: {kernel}"));
        Assert.All(kernels, kernel => TrafficRun.CheckSectors(kernel));
        TrafficRun.CheckBytes(kernels, WidePlan.Of(queries, keys).Bytes(call));
    }
}
