using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Tests.Cuda;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>
/// A device whose GPU is the interpreter, with the operations on tensor cores and none that could take their calls instead. Every tensor
/// has memory of its exact size.
/// </summary>
internal sealed class TensorMutantDevice : IDisposable
{
    private const int WideRows = 128;

    private readonly CudaGpu _gpu;
    private readonly Device _device;
    private readonly Device.Scope _scope;
    private readonly Scratch _scratch, _crowded;

    /// <param name="sm">the architecture</param>
    /// <param name="tile">the only tile of products, or null for those that the plan chooses</param>
    /// <param name="optInSharedBytes">shared memory that a group may have</param>
    public TensorMutantDevice(int sm, int optInSharedBytes, Type? tile = null)
    {
        Driver = new InterpretedCudaDriver
        {
            Sm = sm,
            OptInSharedBytes = optInSharedBytes,
            Version = 12090,
            StopsAtFirstFinding = true,
        };
        _gpu = CudaTest.Open(Driver);
        _device = Device.On(_gpu, new DeviceOptions(Backend.Cuda), isGuarded: true);
        _scope = _device.Enter("mutants");
        _scratch = new Scratch(_gpu.Allocate, isGuarded: true);
        Linear = new LinearTensor(_gpu, null!, tile);
        Convolution = new Conv2dTensor(_gpu, null!, tile);
        _crowded = new Scratch(_gpu.Allocate);
        _crowded.Rent(Shape.Vector(1), ElementType.Float32);
        var wide = new WideAttention(_gpu, _scratch, new AttentionTensor(_gpu, new NoOperation()), WideRows);
        Attention = new TextAttention(_gpu, new FrameAttention(_gpu, wide));
        Streaming = new AttentionTensor(_gpu, new NoOperation());
        Crowded = new WideAttention(_gpu, _crowded, new NoOperation());
    }

    public InterpretedCudaDriver Driver { get; }

    /// <summary>Numbers before each tensor from now on, a multiple of 8: operands are at places in their memory.</summary>
    public int Before { get; set; }

    public LinearTensor Linear { get; }

    public Conv2dTensor Convolution { get; }

    /// <summary>The kernel that suits a call best, as networks get it.</summary>
    public IOperation<AttentionCall> Attention { get; }

    /// <summary>The kernel of long sequences, whatever their length.</summary>
    public IOperation<AttentionCall> Streaming { get; }

    /// <summary>
    /// The kernel of wide heads, with all scores at a time in temporary memory, behind another tensor in its block: nobody checks bounds.
    /// </summary>
    public IOperation<AttentionCall> Crowded { get; }

    public Filter Pack(FilterShape shape, float[] weights, WeightStorage storage) => _device.Pack(shape, weights, storage);

    public Tensor Upload(Values values, ElementType type)
    {
        var tensor = Rent(values.Shape, type);
        _device.Write(tensor, values.Data);
        return tensor;
    }

    /// <summary>Vectors are float32, whatever is multiplied.</summary>
    public Tensor? Vector(Values? values) => values is null ? null : Upload(values, ElementType.Float32);

    /// <summary>A tensor behind some numbers that nobody has written.</summary>
    public Tensor Rent(Shape shape, ElementType type)
    {
        var room = _device.Rent(new Shape(1, 1, 1, checked((int)shape.Count + Before)), type);
        return new Tensor(room.Buffer, room.Offset + Before, shape, type);
    }

    /// <summary>Does something to a tensor that is full of NaN before, and gives back what is in it and in others then.</summary>
    public float[] After(Action work, params ReadOnlySpan<Tensor> results)
    {
        foreach (var tensor in results)
        {
            float[] nothing = new float[tensor.Shape.Count];
            Array.Fill(nothing, float.NaN);
            _device.Write(tensor, nothing);
        }

        var mark = _scratch.Here();
        try
        {
            work();
        }
        finally
        {
            _scratch.Release(mark);
        }

        List<float> values = [];
        foreach (var tensor in results) values.AddRange(_device.Download(tensor));
        return [.. values];
    }

    public void Dispose()
    {
        _scope.Dispose();
        _scratch.Dispose();
        _crowded.Dispose();
        _device.Dispose();
        Driver.Dispose();
    }

    private sealed class NoOperation : IOperation<AttentionCall>
    {
        public void Run(in AttentionCall call) => Assert.Fail("no kernel for tensor cores took the call");
    }
}
