using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace EvsNative.Peers;

/// <summary>Writes a graph as TorchScript, with the tensors that it is called on.</summary>
internal sealed class TorchGraph : IGraph
{
    private readonly TorchStyle _style;
    private readonly TorchPacker _packer;
    private readonly Numbers _numbers;
    private readonly StringBuilder _code = new();
    private readonly Dictionary<string, (Value Whole, long First)> _weights = [];
    private readonly Dictionary<string, Value> _inputs = [];
    private readonly Dictionary<string, int> _used = [];
    private readonly List<string> _outputs = [];
    private int _values;

    /// <param name="style">how it is written</param>
    /// <param name="packer">puts weights into the order that the style wants</param>
    /// <param name="numbers">of inputs and weights</param>
    public TorchGraph(TorchStyle style, TorchPacker packer, Numbers numbers) =>
        (_style, _packer, _numbers) = (style, packer, numbers);

    /// <summary>What the method is called on: inputs, then weights.</summary>
    public List<Tensor> Inputs { get; } = [];

    /// <summary>Weights in the order of their use.</summary>
    public List<Tensor> Weights { get; } = [];

    /// <summary>The method "forward".</summary>
    public string Code =>
        $"def forward(self, x: List[Tensor], w: List[Tensor]) -> List[Tensor]:\n{_code}  return [{string.Join(", ", _outputs)}]";

    public Value Input(string name, params long[] shape) => Given(name, _numbers.Input(name, shape), shape);

    public Value Given(string name, float[] numbers, params long[] shape)
    {
        if (_inputs.TryGetValue(name, out var known)) return known;
        var x = tensor(numbers, shape);
        Inputs.Add(shape.Length == 4 && _style.IsLast ? _packer.ChannelsLast(x) : x);
        return _inputs[name] = Line(shape, $"x[{Inputs.Count - 1}]");
    }

    public Value Weight(string name, params long[] shape)
    {
        var weight = new Value(name, shape);
        _weights[name] = (weight, 0);
        return weight;
    }

    public Value Rows(Value weight, long first, long rows)
    {
        var part = new Value($"{weight.Name}[{first}..{first + rows}]", [rows, .. weight.Shape[1..]]);
        var (whole, before) = _weights[weight.Name];
        _weights[part.Name] = (whole, before + first);
        return part;
    }

    public Value Conv(Value x, Value w, Value b, int stride, int before, int after)
    {
        long k = w.Shape[2], padding = before + after;
        long[] shape =
        [
            x.Shape[0], w.Shape[0], ((x.Shape[2] + padding - k) / stride) + 1, ((x.Shape[3] + padding - k) / stride) + 1,
        ];
        if (before != after)
        {
            x = Line([x.Shape[0], x.Shape[1], x.Shape[2] + padding, x.Shape[3] + padding],
                $"torch.constant_pad_nd({x.Name}, [{before}, {after}, {before}, {after}])");
        }

        int around = before == after ? before : 0;
        string geometry = $"[{around}, {around}], [{stride}, {stride}], [1, 1], 1";
        if (_style.Convs == Packing.None)
        {
            string plain = Use(w, "", t => _style.IsLast ? _packer.ChannelsLast(t) : t);
            return Line(shape, $"torch.conv2d({x.Name}, {plain}, {Use(b)}, [{stride}, {stride}], [{around}, {around}])");
        }

        string packed = Use(w, "", t => _packer.Conv(t, around, stride, x.Shape));
        return Line(shape, $"ops.mkldnn._convolution_pointwise({x.Name}, {packed}, {Use(b)}, {geometry}, \"none\", [], \"\")");
    }

    public Value Linear(Value x, Value w, Value? b)
    {
        long[] shape = [.. x.Shape[..^1], w.Shape[0]];
        long rows = x.Count / x.Shape[^1];
        string bias = b is null ? "None" : Use(b);
        switch (_style.Linears)
        {
            case Packing.OneDnn:
                string packed = Use(w, "", t => _packer.Linear(t, rows));
                return Line(shape, $"ops.mkldnn._linear_pointwise({x.Name}, {packed}, {bias}, \"none\", [], \"\")");
            case Packing.Mkl:
                string own = Use(w, "", t => _packer.MklLinear(t, rows)), plain = Use(w, " plain", t => t);
                return Line(shape, $"ops.mkl._mkl_linear({x.Name}, {own}, {plain}, {bias}, {rows})");
            default:
                return Line(shape, $"torch.linear({x.Name}, {Use(w)}, {bias})");
        }
    }

    public Value Geglu(Value x, Value w, Value b)
    {
        long half = w.Shape[0] / 2;
        long[] shape = [.. x.Shape[..^1], half];
        Value value, gate;
        if (_style.HasSplitGate)
        {
            value = Linear(x, Rows(w, 0, half), Rows(b, 0, half));
            gate = Linear(x, Rows(w, half, half), Rows(b, half, half));
        }
        else
        {
            var both = Line(shape, $"torch.chunk({Linear(x, w, b).Name}, 2, -1)");
            (value, gate) = (Line(shape, $"{both.Name}[0]"), Line(shape, $"{both.Name}[1]"));
        }

        return Line(shape, $"torch.mul_(torch.gelu({gate.Name}), {value.Name})");
    }

    public Value GroupNorm(Value x, Value w, Value b, int groups, float eps, bool silu)
    {
        var y = Line(x.Shape, $"torch.group_norm({x.Name}, {groups}, {Use(w)}, {Use(b)}, {Float(eps)})");
        return silu ? Line(x.Shape, $"torch.silu_({y.Name})") : y;
    }

    public Value LayerNorm(Value x, Value w, Value b, float eps) =>
        Line(x.Shape, $"torch.layer_norm({x.Name}, [{x.Shape[^1]}], {Use(w)}, {Use(b)}, {Float(eps)})");

    public Value Attention(Value q, Value k, Value v, int heads, bool causal)
    {
        long size = q.Shape[2] / heads;
        string Split(Value x) => $"torch.transpose(torch.reshape({x.Name}, [{x.Shape[0]}, {x.Shape[1]}, {heads}, {size}]), 1, 2)";
        var y = Line(q.Shape,
            $"torch.scaled_dot_product_attention({Split(q)}, {Split(k)}, {Split(v)}, None, 0., {(causal ? "True" : "False")})");
        return Line(q.Shape, $"torch.reshape(torch.transpose({y.Name}, 1, 2), [{string.Join(", ", q.Shape)}])");
    }

    public Value AddTo(Value y, Value x) => Line(y.Shape, $"torch.add_({Use(y)}, {Use(x)})");

    public Value Scale(Value x, float factor) => Line(x.Shape, $"torch.mul({x.Name}, {Float(factor)})");

    public Value Swish(Value x, float factor) => Line(x.Shape, factor == 1
        ? $"torch.silu({x.Name})"
        : $"torch.mul_(torch.sigmoid(torch.mul({x.Name}, {Float(factor)})), {x.Name})");

    public Value Concat(Value a, Value b) =>
        Line([a.Shape[0], a.Shape[1] + b.Shape[1], .. a.Shape[2..]], $"torch.cat([{a.Name}, {b.Name}], 1)");

    public Value FirstChannels(Value x, long count) =>
        Line([x.Shape[0], count, .. x.Shape[2..]], $"torch.slice({x.Name}, 1, 0, {count}, 1)");

    public Value Upsample(Value x)
    {
        long height = 2 * x.Shape[2], width = 2 * x.Shape[3];
        return Line([x.Shape[0], x.Shape[1], height, width], $"torch.upsample_nearest2d({x.Name}, [{height}, {width}])");
    }

    public Value Embed(Value table, int[] ids)
    {
        Inputs.Add(tensor(ids.Select(id => (long)id).ToArray()));
        return Line([ids.Length, table.Shape[1]], $"torch.embedding({Use(table)}, x[{Inputs.Count - 1}])");
    }

    public Value Reshape(Value x, params long[] shape) => Line(shape, $"torch.reshape({Use(x)}, [{string.Join(", ", shape)}])");

    public Value Permute(Value x, params int[] axes) =>
        Line([.. axes.Select(axis => x.Shape[axis])], $"torch.permute({x.Name}, [{string.Join(", ", axes)}])");

    public void Output(Value x) => _outputs.Add(x.Name);

    /// <summary>The expression of a value; a weight is made, in the order that is wanted, where it is used first.</summary>
    private string Use(Value x, string kind = "", Func<Tensor, Tensor>? pack = null)
    {
        if (!_weights.TryGetValue(x.Name, out var part)) return x.Name;
        string key = x.Name + kind;
        if (!_used.TryGetValue(key, out int index))
        {
            _used[key] = index = Weights.Count;
            Weights.Add(Made(part.Whole, part.First, x, pack ?? (t => t)));
        }

        return $"w[{index}]";
    }

    /// <summary>Rows of a weight, packed; what they were packed from is freed at once.</summary>
    private Tensor Made(Value whole, long first, Value part, Func<Tensor, Tensor> pack)
    {
        var numbers = empty(whole.Shape);
        _numbers.Weight(whole.Name, whole.Shape, MemoryMarshal.Cast<byte, float>(numbers.bytes));
        var rows = part.Shape[0] == whole.Shape[0] ? numbers : numbers.narrow(0, first, part.Shape[0]).clone();
        if (rows.Handle != numbers.Handle) numbers.Dispose();
        var packed = pack(rows);
        if (packed.Handle != rows.Handle) rows.Dispose();
        return packed;
    }

    private Value Line(long[] shape, string expression)
    {
        string name = $"v{_values++}";
        _code.Append(CultureInfo.InvariantCulture, $"  {name} = {expression}\n");
        return new Value(name, shape);
    }

    private static string Float(float number) => ((double)number).ToString("0.0################", CultureInfo.InvariantCulture);
}
