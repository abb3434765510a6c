using System.Runtime.InteropServices;

namespace EvsNative.Peers;

/// <summary>
/// An ONNX model on its way to the disk: nodes, inputs and outputs in one file, the numbers of weights in another beside it, which may be
/// larger than a message of protocol buffers can be. Field numbers are those of onnx.proto3.
/// </summary>
internal sealed class OnnxFile : IDisposable
{
    private const string WeightsName = "weights.bin", OwnDomain = "com.microsoft";
    private const int FloatType = 1, LongType = 7, OnnxVersion = 17, FileVersion = 8, External = 1, Alignment = 4096;

    private readonly ProtoWriter _graph = new();
    private readonly string _folder;
    private readonly FileStream _weights;
    private int _nodes;

    /// <param name="folder">where both files go</param>
    public OnnxFile(string folder)
    {
        _folder = folder;
        _weights = File.Create(Path.Combine(folder, WeightsName));
    }

    /// <summary>A tensor that is given at each run.</summary>
    public void Input(string name, IReadOnlyList<long> shape) => _graph.Message(11, Described(name, shape));

    /// <summary>A result.</summary>
    public void Output(string name, IReadOnlyList<long> shape) => _graph.Message(12, Described(name, shape));

    /// <summary>Writes numbers to the file of weights and tells where they begin.</summary>
    public long Store(ReadOnlySpan<float> numbers)
    {
        _weights.Position = (_weights.Length + Alignment - 1) / Alignment * Alignment;
        long at = _weights.Position;
        _weights.Write(MemoryMarshal.AsBytes(numbers));
        return at;
    }

    /// <summary>A tensor whose numbers begin there in the file of weights.</summary>
    public void Weight(string name, IReadOnlyList<long> shape, long at)
    {
        long bytes = shape.Aggregate((long)sizeof(float), (product, length) => product * length);
        _graph.Message(5, Tensor(name, shape, FloatType)
            .Message(13, Entry("location", WeightsName)).Message(13, Entry("offset", $"{at}")).Message(13, Entry("length", $"{bytes}"))
            .Integer(14, External));
    }

    /// <summary>A few numbers in the model itself.</summary>
    public void Constant(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> numbers) =>
        _graph.Message(5, Tensor(name, shape, FloatType).Bytes(9, MemoryMarshal.AsBytes(numbers)));

    /// <summary>A shape or another list of integers in the model itself.</summary>
    public void Constant(string name, ReadOnlySpan<long> numbers) =>
        _graph.Message(5, Tensor(name, [numbers.Length], LongType).Bytes(9, MemoryMarshal.AsBytes(numbers)));

    /// <summary>An operation of ONNX, or of ONNX Runtime's own.</summary>
    /// <param name="operation">its name</param>
    /// <param name="inputs">names of values; empty for what is left out</param>
    /// <param name="outputs">names of values</param>
    /// <param name="attributes">long, float, string or long[]</param>
    /// <param name="isOwn">one of ONNX Runtime's own</param>
    public void Node(
        string operation, string[] inputs, string[] outputs, (string Name, object Value)[]? attributes = null, bool isOwn = false)
    {
        var node = new ProtoWriter();
        foreach (string input in inputs) node.Text(1, input);
        foreach (string output in outputs) node.Text(2, output);
        node.Text(3, $"{operation}.{_nodes++}").Text(4, operation);
        foreach (var (name, value) in attributes ?? []) node.Message(5, Attribute(name, value));
        if (isOwn) node.Text(7, OwnDomain);
        _graph.Message(1, node);
    }

    /// <summary>Writes the model and returns its path.</summary>
    public string Write()
    {
        _weights.Flush();
        _graph.Text(2, "peer");
        var model = new ProtoWriter().Integer(1, FileVersion).Message(7, _graph)
            .Message(8, new ProtoWriter().Text(1, "").Integer(2, OnnxVersion))
            .Message(8, new ProtoWriter().Text(1, OwnDomain).Integer(2, 1));
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, model.ToArray());
        return path;
    }

    public void Dispose() => _weights.Dispose();

    private static ProtoWriter Tensor(string name, IReadOnlyList<long> shape, int type)
    {
        var tensor = new ProtoWriter();
        foreach (long length in shape) tensor.Integer(1, length);
        return tensor.Integer(2, type).Text(8, name);
    }

    private static ProtoWriter Entry(string key, string value) => new ProtoWriter().Text(1, key).Text(2, value);

    private static ProtoWriter Described(string name, IReadOnlyList<long> shape)
    {
        var lengths = new ProtoWriter();
        foreach (long length in shape) lengths.Message(1, new ProtoWriter().Integer(1, length));
        var tensor = new ProtoWriter().Integer(1, FloatType).Message(2, lengths);
        return new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, tensor));
    }

    private static ProtoWriter Attribute(string name, object value)
    {
        const int single = 1, integer = 2, text = 3, integers = 7;
        var attribute = new ProtoWriter().Text(1, name);
        switch (value)
        {
            case float number: return attribute.Single(2, number).Integer(20, single);
            case long number: return attribute.Integer(3, number).Integer(20, integer);
            case string word: return attribute.Text(4, word).Integer(20, text);
            case long[] numbers:
                foreach (long number in numbers) attribute.Integer(8, number);
                return attribute.Integer(20, integers);
            default: throw new NotSupportedException($"attribute {name}: {value.GetType()}");
        }
    }
}
