using TorchSharp;
using static TorchSharp.torch;

namespace EvsNative.Peers;

/// <summary>Puts weights once into the order in which oneDNN or MKL want them.</summary>
internal sealed class TorchPacker : IDisposable
{
    // 2 is channels last in the numbers of TorchScript.
    private const string Methods = """
        def last(self, x: Tensor) -> Tensor:
          return torch.contiguous(x, memory_format=2)
        def conv(self, w: Tensor, padding: int, stride: int, n: int, height: int, width: int) -> Tensor:
          size = [n, torch.size(w, 1), height, width]
          return ops.mkldnn._reorder_convolution_weight(w, [padding, padding], [stride, stride], [1, 1], 1, size)
        def linear(self, w: Tensor, rows: int) -> Tensor:
          return ops.mkldnn._reorder_linear_weight(w, rows)
        def mkl(self, w: Tensor, rows: int) -> Tensor:
          return ops.mkl._mkl_reorder_linear_weight(w, rows)
        """;

    private readonly jit.ScriptModule _module;

    /// <param name="folder">for a file that is read at once</param>
    public TorchPacker(string folder)
    {
        string path = Path.Combine(folder, "packer.pt");
        ScriptArchive.Write(path, Methods);
        _module = jit.load(path);
    }

    /// <summary>A picture or a filter with its channels last in memory.</summary>
    public Tensor ChannelsLast(Tensor x) => Call("last", x);

    /// <summary>Weights of a convolution for inputs of this size, in oneDNN's order.</summary>
    public Tensor Conv(Tensor w, int padding, int stride, long[] size) => Call("conv", w, padding, stride, size[0], size[2], size[3]);

    /// <summary>Weights of a linear layer for so many rows, in oneDNN's order.</summary>
    public Tensor Linear(Tensor w, long rows) => Call("linear", w, rows);

    /// <summary>The same in MKL's.</summary>
    public Tensor MklLinear(Tensor w, long rows) => Call("mkl", w, rows);

    public void Dispose() => _module.Dispose();

    private Tensor Call(string method, params object[] words) => (Tensor)_module.invoke(method, words);
}
