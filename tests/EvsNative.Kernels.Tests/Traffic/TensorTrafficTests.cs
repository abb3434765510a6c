using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Tests.Cuda;

namespace EvsNative.Kernels.Tests.Traffic;

/// <summary>
/// What the kernels for tensor cores ask of memory: no bank is met twice, sectors are full, and the bytes are those that their plans say.
/// Widths are whole tiles: what hangs over is asked for once by many threads, which plans count many times.
/// </summary>
public sealed class TensorTrafficTests
{
    private const double MostSectors = 1.1, BytesTolerance = 0.05;

    // Of the loops around the main one: gates are read from every second column of the sums.
    private const double MostOtherConflicts = 1.1;

    public static TheoryData<int, Type> Tiles => [.. TilesOf(80), .. TilesOf(75)];

    [Theory]
    [MemberData(nameof(Tiles))]
    public void Products_of_matrices(int sm, Type tile)
    {
        using var run = new Run(sm);
        int columns = 2 * SizeOf(tile).Columns;
        Tensor x = run.Zeros(new Shape(1, 1, 256, 64)), y = run.Zeros(x.Shape with { C = columns }), residual = run.Zeros(y.Shape);
        var filter = run.Filter(new FilterShape(columns, 64));
        var epilogue = new Epilogue(run.Zeros(Shape.Vector(columns), ElementType.Float32), Residual: residual);
        var size = new ProductSizeTensor(256, columns, 8, 0, 1, 256, 2 * 2 * columns);
        run.CheckProduct(tile, size, () => run.Linear(tile).Run(new LinearCall(y, x, filter, epilogue)));
    }

    [Fact]
    public void Products_into_sections_and_through_gates()
    {
        using var run = new Run(80);
        var tile = typeof(Tile128x160);
        var x = run.Zeros(new Shape(1, 1, 256, 160));
        Tensor[] ys = [run.Zeros(x.Shape), run.Zeros(x.Shape), run.Zeros(x.Shape)];
        var split = run.Filter(new FilterShape(480, 160, Sections: 3));
        run.CheckProduct(tile, new ProductSizeTensor(256, 480, 20, 0, 1, 256, 2 * 480),
            () => run.Linear(tile).Run(new LinearSplitCall(ys, x, split, null)));
        var gated = run.Filter(new FilterShape(640, 160, IsGated: true));
        var y = run.Zeros(x.Shape with { C = 320 });
        run.CheckProduct(tile, new ProductSizeTensor(256, 640, 20, 0, 1, 256, 2 * 320),
            () => run.Linear(tile).Run(new LinearGegluCall(y, x, gated, null)));
    }

    [Theory]
    [InlineData(80, typeof(Tile128x160), 64, 0, 1)]
    [InlineData(80, typeof(Tile64x160), 32, 32, 1)]
    [InlineData(80, typeof(Tile128x128), 32, 0, 2)]
    [InlineData(75, typeof(Tile128x64), 32, 0, 1)]
    public void Convolutions(int sm, Type tile, int channels, int channels2, int stride)
    {
        using var run = new Run(sm);
        var x = run.Zeros(new Shape(2, 16, 16, channels));
        Tensor? x2 = channels2 > 0 ? run.Zeros(x.Shape with { C = channels2 }) : null;
        int side = 16 / stride, rows = 2 * side * side, columns = SizeOf(tile).Columns;
        var y = run.Zeros(new Shape(2, side, side, columns));
        var filter = run.Filter(new FilterShape(columns, channels + channels2, 3));
        long reads = 2 * Inside(side, stride) * Inside(side, stride);
        run.CheckProduct(tile, new ProductSizeTensor(rows, columns, channels / 8, channels2 / 8, 9, reads, 2 * columns),
            () => run.Conv2d(tile).Run(new Conv2dCall(y, x, x2, filter, new ConvGeometry(stride), default)));

        static long Inside(int windows, int stride) =>
            Enumerable.Range(0, windows).Sum(window => Enumerable.Range(-1, 3).Count(tap => (window * stride) + tap is >= 0 and < 16));
    }

    // Rows of 40 channels, 80 bytes, begin within a sector of their neighbours: 96 bytes hold them at best.
    [Theory]
    [InlineData(40, 2, 160, 0, 1.25)]
    [InlineData(40, 2, 128, 77, 1.25)]
    [InlineData(64, 1, 128, 0, MostSectors)]
    [InlineData(80, 2, 128, 0, MostSectors)]
    [InlineData(80, 1, 100, 77, MostSectors)]
    [InlineData(160, 1, 128, 0, MostSectors)]
    public void Attention(int headSize, int heads, int queries, int words, double mostSectors)
    {
        using var run = new Run(80);
        Tensor q = run.Zeros(new Shape(1, 1, queries, headSize * heads)), y = run.Zeros(q.Shape);
        var keys = words > 0 ? q.Shape with { W = words } : q.Shape;
        Tensor k = run.Zeros(keys), v = run.Zeros(keys);
        var call = new AttentionCall(y, q, k, v, new AttentionOptions(heads));
        long bytes = AttentionTensor.PlanOf(run.Caps, call)!.Value.Bytes(call);
        run.Check("StreamingAttention", bytes, () => run.Streaming.Run(call), mostSectors);
    }

    // Words of keys and values change places on their way into shared memory, once a group: banks are met twice there alone.
    [Theory]
    [InlineData(40, 2, 512)]
    [InlineData(80, 1, 512)]
    [InlineData(64, 1, 512)]
    [InlineData(160, 1, 256)]
    public void Attention_over_text(int headSize, int heads, int queries)
    {
        using var run = new Run(80);
        Tensor q = run.Zeros(new Shape(2, 1, queries, headSize * heads)), y = run.Zeros(q.Shape);
        Tensor k = run.Zeros(new Shape(1, 1, 77, q.Shape.C)), v = run.Zeros(k.Shape);
        var call = new AttentionCall(y, q, k, v, new AttentionOptions(heads));
        long bytes = TextPlan.Of(headSize, heads, queries, 77).Bytes(call);
        var kernel = run.Check("TextAttention", bytes, () => run.Device.Kernels.Run(call), MostSectors, mostOtherConflicts: 3);
        Assert.Equal(1, kernel.Of("ldmatrix").Conflicts);
    }

    [Theory]
    [InlineData(40, 8, 16)]
    [InlineData(80, 2, 16)]
    [InlineData(160, 1, 13)]
    [InlineData(64, 4, 32)]
    public void Attention_through_frames(int headSize, int heads, int frames)
    {
        using var run = new Run(80);
        var shape = new Shape(frames, 1, 4, headSize * heads);
        Tensor q = run.Zeros(shape), k = run.Zeros(shape), v = run.Zeros(shape), y = run.Zeros(shape);
        var call = new AttentionCall(y, q, k, v, new AttentionOptions(heads, SequenceAxis.Frames, frames));
        var kernel = run.Count(() => run.Device.Kernels.Run(call))[0];
        Assert.StartsWith("FrameAttention", kernel.Name, StringComparison.Ordinal);
        Assert.True(kernel.Total.Scatter <= MostSectors, $"sectors: {kernel}");
        Assert.Equal(0, kernel.Total.Wavefronts);
        Assert.Equal(1, (double)(kernel.Total.BytesRead + kernel.Total.BytesWritten) / FramePlan.Bytes(call), BytesTolerance);
    }

    [Fact]
    public void Attention_of_wide_heads()
    {
        using var run = new Run(80);
        var shape = new Shape(1, 1, 128, 256);
        Tensor Zeros() => run.Zeros(shape, ElementType.Float32);
        var call = new AttentionCall(Zeros(), Zeros(), Zeros(), Zeros(), new AttentionOptions(1));
        var kernels = run.Count(() => run.Device.Kernels.Run(call));
        Assert.Equal(3, kernels.Count);
        Assert.All(kernels, kernel => Assert.True(kernel.Total.Conflicts <= 1, $"banks: {kernel}"));
        Assert.All(kernels, kernel => Assert.True(kernel.Total.Scatter <= MostSectors, $"sectors: {kernel}"));
        long bytes = kernels.Sum(kernel => kernel.Total.BytesRead + kernel.Total.BytesWritten);
        Assert.Equal(1, (double)bytes / WidePlan.Of(128, 128).Bytes(call), BytesTolerance);
    }

    private static IEnumerable<TheoryDataRow<int, Type>> TilesOf(int sm) => ProductPlanTensor.Tiles
        .Where(tile => sm >= 80 || tile.ThreadSums <= 64).Select(tile => new TheoryDataRow<int, Type>(sm, tile.Tile));

    private static ProductTileSizeTensor SizeOf(Type tile) => ProductPlanTensor.Tiles.Single(size => size.Tile == tile);

    /// <summary>A device whose kernels are counted.</summary>
    private sealed class Run : IDisposable
    {
        private readonly InterpretedCudaDriver _driver;
        private readonly GpuRuntime _gpu;
        private readonly Device.Scope _scope;

        public Run(int sm)
        {
            _driver = new InterpretedCudaDriver { Sm = sm };
            var gpu = CudaTest.Open(_driver);
            _gpu = gpu;
            Device = Device.On(gpu, new DeviceOptions(Backend.Cuda, Precision: ElementType.Float16), isGuarded: true);
            _scope = Device.Enter("traffic");
        }

        public Device Device { get; }

        public GpuCaps Caps => _gpu.Caps;

        public LinearTensor Linear(Type tile) => new(_gpu, null!, tile);

        public AttentionTensor Streaming => new(_gpu, null!);

        public Conv2dTensor Conv2d(Type tile) => new(_gpu, null!, tile);

        public Tensor Zeros(Shape shape, ElementType type = ElementType.Float16)
        {
            var tensor = Device.Rent(shape, type);
            Device.Write(tensor, new float[shape.Count]);
            return tensor;
        }

        /// <summary>Weights of zeros lie in any order.</summary>
        public Filter Filter(FilterShape shape)
        {
            var layout = new FilterLayoutTensor(shape);
            var weights = Zeros(Shape.Vector(checked((int)layout.Count)));
            return new Filter(shape, WeightStorage.Float16, FilterLayoutTensor.Layout, weights.Buffer);
        }

        /// <summary>Counts the kernels of a call.</summary>
        public IReadOnlyList<KernelTraffic> Count(Action call) => KernelTraffic.Of(_driver, () =>
        {
            call();
            Device.Synchronize();
        });

        public void CheckProduct(Type tile, ProductSizeTensor size, Action call)
        {
            var kernel = Check("ProductTensor", ProductPlanTensor.Choose(Caps, size, tile).Bytes(size), call, MostSectors);
            Assert.Contains($"_{tile.Name}_", kernel.Name, StringComparison.Ordinal);
        }

        /// <summary>Runs a call of one kernel and holds it to the limits and to its plan.</summary>
        public KernelTraffic Check(
            string name, long bytes, Action call, double mostSectors, double mostOtherConflicts = MostOtherConflicts)
        {
            var kernel = Assert.Single(Count(call));
            Assert.Contains(name, kernel.Name, StringComparison.Ordinal);
            Assert.Contains(kernel.Main!.Instructions, instruction => instruction.Opcode.StartsWith("mma.", StringComparison.Ordinal));
            Assert.Contains(kernel.Main!.Instructions, instruction => instruction.Opcode.StartsWith("ldmatrix.", StringComparison.Ordinal));
            Assert.True(kernel.MainLoop.Conflicts == 1, $"banks: {kernel}");
            Assert.True(kernel.InLoops.Conflicts <= mostOtherConflicts, $"banks: {kernel}");
            Assert.True(kernel.Total.Scatter <= mostSectors, $"sectors: {kernel}");
            Assert.Equal(1, (double)(kernel.Total.BytesRead + kernel.Total.BytesWritten) / bytes, BytesTolerance);
            return kernel;
        }

        public void Dispose()
        {
            _scope.Dispose();
            Device.Dispose();
            _driver.Dispose();
        }
    }
}
