namespace EvsNative.Peers;

/// <summary>Layers by diffusers' names on a graph: shapes of weights follow from the layer's input.</summary>
/// <param name="g">where they are written</param>
internal sealed class Net(IGraph g)
{
    private const int Groups = 32;

    public IGraph Graph => g;

    /// <summary>[N,C,H,W] -> [N,outputs,..], k x k; the padding keeps the size, or is after each row and column alone.</summary>
    public Value Conv(string name, Value x, long outputs, int kernel = 3, int stride = 1, bool after = false) => g.Conv(
        x, g.Weight($"{name}.weight", outputs, x.Shape[1], kernel, kernel), g.Weight($"{name}.bias", outputs), stride,
        before: after ? 0 : kernel / 2, after: after ? 1 : kernel / 2);

    /// <summary>[..,in] -> [..,outputs].</summary>
    public Value Linear(string name, Value x, long outputs, bool bias = true) =>
        g.Linear(x, g.Weight($"{name}.weight", outputs, x.Shape[^1]), bias ? g.Weight($"{name}.bias", outputs) : null);

    /// <summary>Of pictures.</summary>
    public Value GroupNorm(string name, Value x, float eps, bool silu) => g.GroupNorm(
        x, g.Weight($"{name}.weight", x.Shape[1]), g.Weight($"{name}.bias", x.Shape[1]), Groups, eps, silu);

    /// <summary>Of tokens.</summary>
    public Value LayerNorm(string name, Value x) =>
        g.LayerNorm(x, g.Weight($"{name}.weight", x.Shape[^1]), g.Weight($"{name}.bias", x.Shape[^1]), 1e-5f);

    /// <summary>Two convolutions beside a shortcut; time [1,T], already through SiLU, or none.</summary>
    public Value Resnet(string name, Value x, long outputs, float eps, Value? time)
    {
        var y = Conv($"{name}.conv1", GroupNorm($"{name}.norm1", x, eps, silu: true), outputs);
        if (time is not null) y = g.AddTo(y, g.Reshape(Linear($"{name}.time_emb_proj", time, outputs), 1, outputs, 1, 1));
        y = Conv($"{name}.conv2", GroupNorm($"{name}.norm2", y, eps, silu: true), outputs);
        return g.AddTo(y, x.Shape[1] == outputs ? x : Conv($"{name}.conv_shortcut", x, outputs, kernel: 1));
    }

    /// <summary>[N,C,H,W] -> [N,HW,C].</summary>
    public Value Tokens(Value x) => g.Permute(g.Reshape(x, x.Shape[0], x.Shape[1], x.Shape[2] * x.Shape[3]), 0, 2, 1);

    /// <summary>[N,HW,C] -> a picture of this size.</summary>
    public Value Picture(Value x, Value like) => g.Reshape(g.Permute(x, 0, 2, 1), x.Shape[0], x.Shape[2], like.Shape[2], like.Shape[3]);

    /// <summary>Attention of x [B,T,C] to a context, or to itself, with its four products.</summary>
    public Value Attention(string name, Value x, Value? context, int heads, bool bias)
    {
        var from = context ?? x;
        long c = x.Shape[^1];
        Value q = Linear($"{name}.to_q", x, c, bias), k = Linear($"{name}.to_k", from, c, bias), v = Linear($"{name}.to_v", from, c, bias);
        return Linear($"{name}.to_out.0", g.Attention(q, k, v, heads, causal: false), c);
    }

    /// <summary>GEGLU and back.</summary>
    public Value FeedForward(string name, Value x)
    {
        long c = x.Shape[^1];
        var gated = g.Geglu(x, g.Weight($"{name}.net.0.proj.weight", 8 * c, c), g.Weight($"{name}.net.0.proj.bias", 8 * c));
        return Linear($"{name}.net.2", gated, c);
    }
}
