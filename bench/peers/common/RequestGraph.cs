namespace EvsNative.Peers;

/// <summary>The graph of a request: a network, or one operation on inputs and weights of the names that the bench gives them too.</summary>
internal static class RequestGraph
{
    private const float Eps = 1e-5f;
    private const int Groups = 32;

    /// <summary>Whether it is a whole network: the formula of its numbers differs.</summary>
    public static bool IsNetwork(PeerRequest r) => r.Operation is "unet" or "vae_encode" or "vae_decode" or "clip";

    /// <summary>Writes it down.</summary>
    /// <exception cref="NotSupportedException">no such operation</exception>
    public static void Write(IGraph g, PeerRequest r)
    {
        switch (r.Operation)
        {
            case "unet": UNetGraph.Write(g, r.Number("n"), r.Number("h"), r.Number("w"), r.Is("motion")); break;
            case "vae_encode": VaeGraph.Encode(g, r.Number("h"), r.Number("w")); break;
            case "vae_decode": VaeGraph.Decode(g, r.Number("h"), r.Number("w")); break;
            case "clip": ClipGraph.Write(g); break;
            case "linear": Linear(g, r); break;
            case "conv": Conv(g, r); break;
            case "attention": Attention(g, r); break;
            case "group_norm": GroupNorm(g, r); break;
            case "layer_norm":
                long c = r.Number("c");
                g.Output(g.LayerNorm(g.Input("x", r.Number("rows"), c), g.Weight("w", c), g.Weight("b", c), Eps));
                break;
            default: throw new NotSupportedException($"no operation {r.Operation}");
        }
    }

    private static void Linear(IGraph g, PeerRequest r)
    {
        long rows = r.Number("rows"), inputs = r.Number("in"), outputs = r.Number("out");
        string form = r.Text("form") ?? "plain";
        long products = form == "qkv" ? 3 : 1;
        Value x = g.Input("x", rows, inputs), w = g.Weight("w", products * outputs, inputs), b = g.Weight("b", products * outputs);
        switch (form)
        {
            case "qkv":
                for (long i = 0; i < products; i++)
                    g.Output(g.Linear(x, g.Rows(w, i * outputs, outputs), g.Rows(b, i * outputs, outputs)));
                break;
            case "geglu": g.Output(g.Geglu(x, w, b)); break;
            case "residual": g.Output(g.AddTo(g.Linear(x, w, b), g.Input("residual", rows, outputs))); break;
            default: g.Output(g.Linear(x, w, b)); break;
        }
    }

    private static void Conv(IGraph g, PeerRequest r)
    {
        long n = r.Number("n"), h = r.Number("h"), w = r.Number("w"), inputs = r.Number("in"), second = r.Number("in2");
        int kernel = (int)r.Number("kernel", 3);
        bool after = r.Is("pad_after");
        var x = g.Input("x", n, inputs, h, w);
        if (second > 0) x = g.Concat(x, g.Input("x2", n, second, h, w));
        if (r.Is("up")) x = g.Upsample(x);
        long outputs = r.Number("out");
        g.Output(g.Conv(
            x, g.Weight("w", outputs, inputs + second, kernel, kernel), g.Weight("b", outputs), (int)r.Number("stride", 1),
            before: after ? 0 : kernel / 2, after: after ? 1 : kernel / 2));
    }

    private static void Attention(IGraph g, PeerRequest r)
    {
        long n = r.Number("n"), c = r.Number("c"), keys = r.Number("keys");
        Value q = g.Input("q", n, r.Number("queries"), c), k = g.Input("k", n, keys, c), v = g.Input("v", n, keys, c);
        g.Output(g.Attention(q, k, v, (int)r.Number("heads"), r.Is("causal")));
    }

    private static void GroupNorm(IGraph g, PeerRequest r)
    {
        long c = r.Number("c");
        var x = g.Input("x", r.Number("n"), c, r.Number("h"), r.Number("w"));
        g.Output(g.GroupNorm(x, g.Weight("w", c), g.Weight("b", c), Groups, Eps, silu: true));
    }
}
