using TorchSharp;
using static TorchSharp.torch;

namespace EvsNative.Peers;

/// <summary>A graph that libtorch has compiled, with its inputs and weights.</summary>
internal sealed class TorchCall : IPreparedCall
{
    private readonly jit.ScriptModule _module;
    private readonly Tensor[] _inputs, _weights;
    private Tensor[] _results = [];

    /// <param name="request">the graph</param>
    /// <param name="style">how it is written</param>
    public TorchCall(PeerRequest request, TorchStyle style)
    {
        string folder = Directory.CreateTempSubdirectory("evsnative-libtorch").FullName;
        try
        {
            using var packer = new TorchPacker(folder);
            var graph = new TorchGraph(style, packer, new Numbers(RequestGraph.IsNetwork(request)));
            RequestGraph.Write(graph, request);
            (_inputs, _weights) = ([.. graph.Inputs], [.. graph.Weights]);
            string path = Path.Combine(folder, "graph.pt");
            ScriptArchive.Write(path, graph.Code);
            _module = jit.load(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Run()
    {
        Free(_results);
        _results = (Tensor[])_module.invoke("forward", _inputs, _weights);
    }

    public float[] Results() => [.. _results.SelectMany(y => y.contiguous().data<float>().ToArray())];

    public void Dispose()
    {
        Free(_results);
        Free(_inputs);
        Free(_weights);
        _module.Dispose();
    }

    private static void Free(Tensor[] tensors)
    {
        foreach (var x in tensors) x.Dispose();
    }
}
