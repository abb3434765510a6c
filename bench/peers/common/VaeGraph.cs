namespace EvsNative.Peers;

/// <summary>The autoencoder of Stable Diffusion 1.5 (docs/models.md 3).</summary>
internal static class VaeGraph
{
    private const float Scaling = 0.18215f, Eps = 1e-6f;
    private const int Latent = 4, PerBlock = 2;
    private static readonly long[] Channels = [128, 256, 512, 512];

    /// <summary>[1,3,height,width] to the scaled mean [1,4,height/8,width/8].</summary>
    public static void Encode(IGraph g, long height, long width)
    {
        var net = new Net(g);
        var h = net.Conv("encoder.conv_in", g.Input("input.image", 1, 3, height, width), Channels[0]);
        for (int b = 0; b < Channels.Length; b++)
        {
            for (int i = 0; i < PerBlock; i++) h = net.Resnet($"encoder.down_blocks.{b}.resnets.{i}", h, Channels[b], Eps, null);
            if (b + 1 < Channels.Length)
                h = net.Conv($"encoder.down_blocks.{b}.downsamplers.0.conv", h, Channels[b], stride: 2, after: true);
        }

        h = net.GroupNorm("encoder.conv_norm_out", Middle(net, "encoder.mid_block", h), Eps, silu: true);
        var moments = net.Conv("quant_conv", net.Conv("encoder.conv_out", h, 2 * Latent), 2 * Latent, kernel: 1);
        g.Output(g.Scale(g.FirstChannels(moments, Latent), Scaling));
    }

    /// <summary>Latents [1,4,height/8,width/8] to a picture.</summary>
    public static void Decode(IGraph g, long height, long width)
    {
        var net = new Net(g);
        var z = g.Scale(g.Input("input.latents", 1, Latent, height / 8, width / 8), 1 / Scaling);
        var h = net.Conv("decoder.conv_in", net.Conv("post_quant_conv", z, Latent, kernel: 1), Channels[^1]);
        h = Middle(net, "decoder.mid_block", h);
        for (int b = 0; b < Channels.Length; b++)
        {
            long c = Channels[^(b + 1)];
            for (int i = 0; i <= PerBlock; i++) h = net.Resnet($"decoder.up_blocks.{b}.resnets.{i}", h, c, Eps, null);
            if (b + 1 < Channels.Length) h = net.Conv($"decoder.up_blocks.{b}.upsamplers.0.conv", g.Upsample(h), c);
        }

        g.Output(net.Conv("decoder.conv_out", net.GroupNorm("decoder.conv_norm_out", h, Eps, silu: true), 3));
    }

    private static Value Middle(Net net, string name, Value x)
    {
        var g = net.Graph;
        x = net.Resnet($"{name}.resnets.0", x, x.Shape[1], Eps, null);
        string attention = $"{name}.attentions.0";
        var y = net.Tokens(net.GroupNorm($"{attention}.group_norm", x, Eps, silu: false));
        y = net.Attention(attention, y, null, heads: 1, bias: true);
        return net.Resnet($"{name}.resnets.1", g.AddTo(net.Picture(y, x), x), x.Shape[1], Eps, null);
    }
}
