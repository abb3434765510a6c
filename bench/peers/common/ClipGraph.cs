namespace EvsNative.Peers;

/// <summary>The text encoder of Stable Diffusion 1.5, CLIP ViT-L/14 (docs/models.md 5), on the ids 0, 1, 2 ...</summary>
internal static class ClipGraph
{
    private const int Words = 77, Width = 768, Inner = 3072, Vocabulary = 49408, Layers = 12, Heads = 12;
    private const float QuickGelu = 1.702f;

    public static void Write(IGraph g)
    {
        var net = new Net(g);
        const string embeddings = "text_model.embeddings";
        var words = g.Embed(g.Weight($"{embeddings}.token_embedding.weight", Vocabulary, Width), [.. Enumerable.Range(0, Words)]);
        var x = g.AddTo(g.Reshape(words, 1, Words, Width),
            g.Reshape(g.Weight($"{embeddings}.position_embedding.weight", Words, Width), 1, Words, Width));
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"text_model.encoder.layers.{i}", attention = $"{layer}.self_attn";
            var y = net.LayerNorm($"{layer}.layer_norm1", x);
            Value q = net.Linear($"{attention}.q_proj", y, Width), k = net.Linear($"{attention}.k_proj", y, Width),
                v = net.Linear($"{attention}.v_proj", y, Width);
            x = g.AddTo(net.Linear($"{attention}.out_proj", g.Attention(q, k, v, Heads, causal: true), Width), x);
            y = g.Swish(net.Linear($"{layer}.mlp.fc1", net.LayerNorm($"{layer}.layer_norm2", x), Inner), QuickGelu);
            x = g.AddTo(net.Linear($"{layer}.mlp.fc2", y, Width), x);
        }

        g.Output(net.LayerNorm("text_model.final_layer_norm", x));
    }
}
