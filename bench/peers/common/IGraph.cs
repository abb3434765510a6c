namespace EvsNative.Peers;

/// <summary>A value of a graph.</summary>
/// <param name="Name">by which the library knows it</param>
/// <param name="Shape">pictures [N,C,H,W], tokens [B,T,C] or [rows,C]</param>
internal sealed record Value(string Name, params long[] Shape)
{
    /// <summary>How many numbers.</summary>
    public long Count => Shape.Aggregate(1L, (product, length) => product * length);
}

/// <summary>
/// What a library must be able to write down so that the networks of Stable Diffusion 1.5 and the bench's single operations can be asked of
/// it. Numbers are float32. Inputs and weights are known by name; their numbers are a function of it (<see cref="Numbers"/>).
/// </summary>
internal interface IGraph
{
    /// <summary>A tensor that is given at each call.</summary>
    Value Input(string name, params long[] shape);

    /// <summary>Numbers that a caller has, given at each call.</summary>
    Value Given(string name, float[] numbers, params long[] shape);

    /// <summary>A tensor that never changes.</summary>
    Value Weight(string name, params long[] shape);

    /// <summary>Rows of a weight, [first, first + rows) of its first axis.</summary>
    Value Rows(Value weight, long first, long rows);

    /// <summary>x [N,Cin,H,W], w [Cout,Cin,k,k], b [Cout]; zeros before and after each row and column.</summary>
    Value Conv(Value x, Value w, Value b, int stride, int before, int after);

    /// <summary>x [..,in], w [out,in], b [out] if any.</summary>
    Value Linear(Value x, Value w, Value? b);

    /// <summary>value * gelu(gate) of a linear layer whose first half of rows are values, the second gates: [..,out/2].</summary>
    Value Geglu(Value x, Value w, Value b);

    /// <summary>Over [N,C,H,W] in groups of channels, then SiLU if wanted.</summary>
    Value GroupNorm(Value x, Value w, Value b, int groups, float eps, bool silu);

    /// <summary>Over the last axis.</summary>
    Value LayerNorm(Value x, Value w, Value b, float eps);

    /// <summary>softmax(q k' / sqrt d) v of heads, q [B,T,C], k and v [B,S,C].</summary>
    Value Attention(Value q, Value k, Value v, int heads, bool causal);

    /// <summary>x + y, of which y is used nowhere else, so that it may be overwritten. Axes of length 1 in x are repeated.</summary>
    Value AddTo(Value y, Value x);

    /// <summary>x * factor.</summary>
    Value Scale(Value x, float factor);

    /// <summary>x sigmoid(factor x): SiLU for 1.</summary>
    Value Swish(Value x, float factor);

    /// <summary>Along the channels of pictures.</summary>
    Value Concat(Value a, Value b);

    /// <summary>Channels [0, count) of pictures.</summary>
    Value FirstChannels(Value x, long count);

    /// <summary>Twice as high and wide, nearest.</summary>
    Value Upsample(Value x);

    /// <summary>Rows of a table [V,C] by ids: [count,C].</summary>
    Value Embed(Value table, int[] ids);

    /// <summary>The same numbers in another shape.</summary>
    Value Reshape(Value x, params long[] shape);

    /// <summary>The axes in another order.</summary>
    Value Permute(Value x, params int[] axes);

    /// <summary>Names a result; several are kept in this order.</summary>
    void Output(Value x);
}
