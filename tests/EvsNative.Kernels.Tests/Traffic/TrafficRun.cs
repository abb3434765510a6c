using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Tests.Traffic;

/// <summary>
/// Work on a device whose kernels are interpreted and counted, and what they are held to: no bank is met twice, sectors are full, and the
/// bytes are those that their plans say. All numbers are zero: where a kernel reads and writes does not depend on them.
/// </summary>
internal sealed class TrafficRun : IDisposable
{
    /// <summary>Sectors of global memory, of as many as hold the bytes.</summary>
    public const double MostSectors = 1.1;

    /// <summary>Bytes of a launch, of those that its plan says.</summary>
    public const double BytesTolerance = 0.05;

    /// <summary>
    /// The same of float32 in epilogues. A thread has eight neighbouring numbers, 32 bytes, and moves them by two accesses of 16: a warp's
    /// access meets half of every sector, and the next one the other half. Of what is read the second half comes from the first cache; what
    /// is written meets in the second one. Memory behind it is met once.
    /// </summary>
    public const double MostSectorsOfFloats = 2;

    // Of the loops around the main one: gates are read from every second column of the sums.
    private const double MostOtherConflicts = 1.1;

    private readonly TrafficDevice _opened;
    private readonly Device.Scope _scope;

    internal TrafficRun(TrafficDevice opened)
    {
        _opened = opened;
        _scope = Device.Enter("traffic");
    }

    public Device Device => _opened.Device;

    public GpuCaps Caps => _opened.Gpu.Caps;

    public AttentionTensor Streaming => _opened.Streaming;

    /// <summary>Products of matrices; by one tile, or by the plan's.</summary>
    public LinearTensor Linear(Type? tile = null) => _opened.Linear(tile);

    /// <summary>Convolutions; by one tile, or by the plan's.</summary>
    public Conv2dTensor Conv2d(Type? tile = null) => _opened.Conv2d(tile);

    public Tensor Zeros(Shape shape, ElementType type = ElementType.Float16)
    {
        var tensor = Device.Rent(shape, type);
        Device.Write(tensor, new float[shape.Count]);
        return tensor;
    }

    /// <summary>Weights of zeros lie in any order.</summary>
    public Filter Filter(FilterShape shape, ProductFactors factors = ProductFactors.Halves)
    {
        var layout = new FilterLayoutTensor(shape);
        bool isSingle = factors == ProductFactors.Singles;
        var weights = Zeros(Shape.Vector(checked((int)layout.Count)), isSingle ? ElementType.Float32 : ElementType.Float16);
        var storage = isSingle ? WeightStorage.Float32 : WeightStorage.Float16;
        return new Filter(shape, storage, FilterLayoutTensor.Layout, weights.Buffer);
    }

    /// <summary>Counts the kernels of a call.</summary>
    public IReadOnlyList<KernelTraffic> Count(Action call) => KernelTraffic.Of(_opened.Driver, () =>
    {
        call();
        Device.Synchronize();
    });

    /// <summary>Runs a product and holds it to the limits and to the plan of its tile.</summary>
    /// <param name="tile">its tile; null for the one that the plan chooses</param>
    /// <param name="args">its arguments</param>
    /// <param name="y">its result</param>
    /// <param name="factors">what it multiplies</param>
    /// <param name="call">runs it</param>
    public void CheckProduct(Type? tile, ProductArgsTensor args, Tensor y, ProductFactors factors, Action call)
    {
        var size = args.Size(y.Type.Bytes(), factors);
        var plan = ProductPlanTensor.Choose(Caps, size, tile);
        var kernel = Check("ProductTensor", plan.Bytes(size), call);
        Assert.Contains($"_{plan.Numbers.Name}_", kernel.Name, StringComparison.Ordinal);
        Assert.Contains($"_{plan.Tile.Tile.Name}_", kernel.Name, StringComparison.Ordinal);
        double mostSectors = y.Type == ElementType.Float32 ? MostSectorsOfFloats : MostSectors;
        foreach (string opcode in (string[])["st.global.v4.b32", "ld.global.v4.b32"]) CheckSectors(kernel, opcode, mostSectors);
        CheckSectors(kernel, "ld.global.nc.v4.f32", MostSectorsOfFloats);
    }

    /// <summary>Runs a call of one kernel and holds it to its plan, and its main loop to the limits.</summary>
    /// <param name="name">of the kernel</param>
    /// <param name="bytes">what the plan says</param>
    /// <param name="call">runs it</param>
    /// <param name="mostSectors">that the main loop may touch, of the least</param>
    /// <param name="mostOtherConflicts">of banks in the loops around it</param>
    public KernelTraffic Check(string name, long bytes, Action call, double mostSectors = MostSectors,
        double mostOtherConflicts = MostOtherConflicts)
    {
        var kernel = Assert.Single(Count(call));
        Assert.Contains(name, kernel.Name, StringComparison.Ordinal);
        Assert.Contains(kernel.Main!.Instructions, instruction => instruction.Opcode.StartsWith("mma.", StringComparison.Ordinal));
        Assert.Contains(kernel.Main!.Instructions, instruction => instruction.Opcode.StartsWith("ldmatrix.", StringComparison.Ordinal));
        Assert.True(kernel.MainLoop.Conflicts == 1, $"banks: {kernel}");
        Assert.True(kernel.InLoops.Conflicts <= mostOtherConflicts, $"banks: {kernel}");
        Assert.True(kernel.MainLoop.Scatter <= mostSectors, $"sectors {kernel.MainLoop.Scatter:f2} in the main loop: {kernel}");
        CheckBytes([kernel], bytes);
        return kernel;
    }

    /// <summary>Holds the sectors that some instructions of a kernel touch to the least; all of them unless an opcode is given.</summary>
    public static void CheckSectors(KernelTraffic kernel, string opcode = "", double most = MostSectors) =>
        Assert.True(kernel.Of(opcode).Scatter <= most, $"sectors {kernel.Of(opcode).Scatter:f2} {opcode}: {kernel}");

    /// <summary>Holds kernels to the bytes of their plan.</summary>
    public static void CheckBytes(IReadOnlyList<KernelTraffic> kernels, long bytes)
    {
        long counted = kernels.Sum(kernel => kernel.Total.BytesRead + kernel.Total.BytesWritten);
        double ratio = (double)counted / bytes;
        Assert.True(Math.Abs(ratio - 1) <= BytesTolerance, $"{ratio:f3} of the plan's bytes: {string.Join("; ", kernels)}");
    }

    public void Dispose() => _scope.Dispose();
}
