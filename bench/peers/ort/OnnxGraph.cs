namespace EvsNative.Peers;

/// <summary>Writes a graph as ONNX, in the operations that ONNX Runtime's CPU provider has kernels for.</summary>
internal sealed class OnnxGraph : IGraph, IDisposable
{
    private readonly OnnxFile _file;
    private readonly OnnxStyle _style;
    private readonly Numbers _numbers;
    private readonly Dictionary<string, long> _stored = [];
    private readonly HashSet<string> _declared = [];
    private readonly List<(string Name, long[] Shape, float[] Numbers)> _inputs = [];
    private readonly List<string> _outputs = [];
    private float[] _buffer = [];
    private int _values;

    /// <param name="folder">where the model goes</param>
    /// <param name="style">how it is written</param>
    /// <param name="numbers">of inputs and weights</param>
    public OnnxGraph(string folder, OnnxStyle style, Numbers numbers)
    {
        _file = new OnnxFile(folder);
        (_style, _numbers) = (style, numbers);
    }

    /// <summary>What must be given at each run.</summary>
    public IReadOnlyList<(string Name, long[] Shape, float[] Numbers)> Inputs => _inputs;

    /// <summary>Names of results.</summary>
    public IReadOnlyList<string> Outputs => _outputs;

    /// <summary>Writes the model and returns its path.</summary>
    public string Write() => _file.Write();

    public void Dispose() => _file.Dispose();

    public Value Input(string name, params long[] shape) => Given(name, _numbers.Input(name, shape), shape);

    public Value Given(string name, float[] numbers, params long[] shape)
    {
        if (_declared.Add(name))
        {
            _inputs.Add((name, shape, numbers));
            _file.Input(name, shape);
        }

        return new Value(name, shape);
    }

    public Value Weight(string name, params long[] shape)
    {
        var weight = new Value(name, shape);
        if (_buffer.Length < weight.Count) _buffer = new float[weight.Count];
        var numbers = _buffer.AsSpan(0, (int)weight.Count);
        _numbers.Weight(name, shape, numbers);
        _stored[name] = _file.Store(numbers);
        return weight;
    }

    /// <summary>Another name for a part of the same numbers in the file.</summary>
    public Value Rows(Value weight, long first, long rows)
    {
        long[] shape = [rows, .. weight.Shape[1..]];
        string name = $"{weight.Name}[{first}..{first + rows}]";
        _stored[name] = _stored[weight.Name] + (first * (weight.Count / weight.Shape[0]) * sizeof(float));
        return new Value(name, shape);
    }

    public Value Conv(Value x, Value w, Value b, int stride, int before, int after)
    {
        long k = w.Shape[2], padding = before + after;
        long[] pads = [before, before, after, after];
        long height = ((x.Shape[2] + padding - k) / stride) + 1, width = ((x.Shape[3] + padding - k) / stride) + 1;
        return Node("Conv", [x.Name, Use(w), Use(b)], [x.Shape[0], w.Shape[0], height, width],
            [("kernel_shape", new[] { k, k }), ("strides", new long[] { stride, stride }), ("pads", pads)]);
    }

    /// <summary>As Gemm, whose weights are packed once at load; it wants matrices, and shapes cost nothing.</summary>
    public Value Linear(Value x, Value w, Value? b)
    {
        long inputs = x.Shape[^1], rows = x.Count / inputs;
        var matrix = x.Shape.Length == 2 ? x : Reshape(x, rows, inputs);
        string[] named = b is null ? [matrix.Name, Use(w)] : [matrix.Name, Use(w), Use(b)];
        var y = Node("Gemm", named, [rows, w.Shape[0]], [("transB", 1L)]);
        return x.Shape.Length == 2 ? y : Reshape(y, [.. x.Shape[..^1], w.Shape[0]]);
    }

    public Value Geglu(Value x, Value w, Value b)
    {
        long half = w.Shape[0] / 2;
        Value value, gate;
        if (_style.HasSplitGate)
        {
            value = Linear(x, Rows(w, 0, half), Rows(b, 0, half));
            gate = Linear(x, Rows(w, half, half), Rows(b, half, half));
        }
        else
        {
            var both = Linear(x, w, b);
            long[] shape = [.. both.Shape[..^1], half];
            (value, gate) = (new Value(NewName(), shape), new Value(NewName(), shape));
            _file.Node("Split", [both.Name], [value.Name, gate.Name], [("axis", (long)both.Shape.Length - 1)]);
        }

        var opened = Node("Gelu", [gate.Name], gate.Shape, isOwn: true);
        return Node("Mul", [value.Name, opened.Name], value.Shape);
    }

    /// <summary>Each group is one long row of a norm without weights; the weights of channels come after.</summary>
    public Value GroupNorm(Value x, Value w, Value b, int groups, float eps, bool silu)
    {
        long n = x.Shape[0], c = x.Shape[1], length = x.Count / n / groups;
        Value normed;
        if (_style.HasInstanceNorm)
        {
            string ones = Filled(1, groups), zeros = Filled(0, groups);
            normed = Node("InstanceNormalization", [Reshape(x, n, groups, length).Name, ones, zeros], [n, groups, length],
                [("epsilon", eps)]);
        }
        else
        {
            normed = Node("LayerNormalization", [Reshape(x, n, groups, length).Name, Filled(1, length)], [n, groups, length],
                [("axis", -1L), ("epsilon", eps)]);
        }

        var scaled = Node("Mul", [Reshape(normed, x.Shape).Name, UseAs(w, c, 1, 1)], x.Shape);
        var y = Node("Add", [scaled.Name, UseAs(b, c, 1, 1)], x.Shape);
        return silu ? Swish(y, 1) : y;
    }

    public Value LayerNorm(Value x, Value w, Value b, float eps) =>
        Node("LayerNormalization", [x.Name, Use(w), Use(b)], x.Shape, [("axis", -1L), ("epsilon", eps)]);

    public Value Attention(Value q, Value k, Value v, int heads, bool causal)
    {
        if (heads >= _style.FusedFrom || causal)
        {
            return Node("MultiHeadAttention", [q.Name, k.Name, v.Name], q.Shape,
                [("num_heads", (long)heads), ("unidirectional", causal ? 1L : 0L)], isOwn: true);
        }

        long batch = q.Shape[0], size = q.Shape[2] / heads;
        Value Split(Value x, params int[] axes) => Permute(Reshape(x, batch, x.Shape[1], heads, size), axes);
        Value a = Split(q, 0, 2, 1, 3), keys = Split(k, 0, 2, 3, 1), values = Split(v, 0, 2, 1, 3);
        var scores = Node("MatMul", [Scale(a, 1 / MathF.Sqrt(size)).Name, keys.Name], [batch, heads, a.Shape[2], keys.Shape[3]]);
        var weights = Node("Softmax", [scores.Name], scores.Shape, [("axis", -1L)]);
        return Reshape(Permute(Node("MatMul", [weights.Name, values.Name], a.Shape), 0, 2, 1, 3), q.Shape);
    }

    public Value AddTo(Value y, Value x) => Node("Add", [Use(y), Use(x)], y.Shape);

    public Value Scale(Value x, float factor)
    {
        string name = NewName();
        _file.Constant(name, [], [factor]);
        return Node("Mul", [x.Name, name], x.Shape);
    }

    public Value Swish(Value x, float factor) => Node("QuickGelu", [x.Name], x.Shape, [("alpha", factor)], isOwn: true);

    public Value Concat(Value a, Value b) =>
        Node("Concat", [a.Name, b.Name], [a.Shape[0], a.Shape[1] + b.Shape[1], .. a.Shape[2..]], [("axis", 1L)]);

    public Value FirstChannels(Value x, long count) =>
        Node("Slice", [x.Name, Integers(0), Integers(count), Integers(1)], [x.Shape[0], count, .. x.Shape[2..]]);

    public Value Upsample(Value x)
    {
        string scales = NewName();
        _file.Constant(scales, [4], [1f, 1f, 2f, 2f]);
        return Node("Resize", [x.Name, "", scales], [x.Shape[0], x.Shape[1], 2 * x.Shape[2], 2 * x.Shape[3]],
            [("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor")]);
    }

    public Value Embed(Value table, int[] ids) =>
        Node("Gather", [Use(table), Integers([.. ids.Select(id => (long)id)])], [ids.Length, table.Shape[1]], [("axis", 0L)]);

    public Value Reshape(Value x, params long[] shape) =>
        x.Shape.AsSpan().SequenceEqual(shape) ? x : Node("Reshape", [Use(x), Integers(shape)], shape);

    public Value Permute(Value x, params int[] axes) => Node(
        "Transpose", [x.Name], [.. axes.Select(axis => x.Shape[axis])], [("perm", axes.Select(axis => (long)axis).ToArray())]);

    public void Output(Value x)
    {
        _outputs.Add(x.Name);
        _file.Output(x.Name, x.Shape);
    }

    /// <summary>The name of a value; a weight is declared where it is used first.</summary>
    private string Use(Value x)
    {
        if (_stored.TryGetValue(x.Name, out long at) && _declared.Add(x.Name)) _file.Weight(x.Name, x.Shape, at);
        return x.Name;
    }

    /// <summary>A weight in another shape, under a name of its own.</summary>
    private string UseAs(Value weight, params long[] shape)
    {
        string name = $"{weight.Name}({string.Join(',', shape)})";
        _stored[name] = _stored[weight.Name];
        return Use(new Value(name, shape));
    }

    private string Filled(float number, long count)
    {
        string name = $"{number}x{count}";
        if (!_declared.Add(name)) return name;
        float[] numbers = new float[count];
        Array.Fill(numbers, number);
        _file.Constant(name, [count], numbers);
        return name;
    }

    private string Integers(params long[] numbers)
    {
        string name = $"integers {string.Join(',', numbers)}";
        if (_declared.Add(name)) _file.Constant(name, numbers);
        return name;
    }

    private Value Node(
        string operation, string[] inputs, long[] shape, (string Name, object Value)[]? attributes = null, bool isOwn = false)
    {
        string name = NewName();
        _file.Node(operation, inputs, [name], attributes, isOwn);
        return new Value(name, shape);
    }

    private string NewName() => $"v{_values++}";
}
