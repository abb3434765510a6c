namespace EvsNative.Peers;

/// <summary>
/// The U-Net of Stable Diffusion 1.5 (docs/models.md 2), with AnimateDiff's motion modules where there are frames (4), written down as an
/// expert in inference would: the time's embedding once for all frames, keys and values of the text once for all frames.
/// </summary>
internal sealed class UNetGraph
{
    private const int Heads = 8, Words = 77, Width = 768, Timestep = 481, PerBlock = 2;
    private static readonly long[] Channels = [320, 640, 1280, 1280];

    private readonly Net _net;
    private readonly IGraph _g;
    private readonly bool _hasMotion;
    private readonly Value _context;

    private UNetGraph(IGraph g, bool hasMotion)
    {
        (_g, _net, _hasMotion) = (g, new Net(g), hasMotion);
        _context = g.Input("input.context", 1, Words, Width);
    }

    private int Last => Channels.Length - 1;

    /// <summary>A pass at one training step: [frames,4,height,width] of latents to noise.</summary>
    public static void Write(IGraph g, long frames, long height, long width, bool hasMotion)
    {
        var graph = new UNetGraph(g, hasMotion);
        g.Output(graph.Forward(g.Input("input.sample", frames, 4, height, width)));
    }

    private Value Forward(Value x)
    {
        var time = Time();
        var h = _net.Conv("conv_in", x, Channels[0]);
        var skips = new Stack<Value>([h]);
        for (int b = 0; b < Channels.Length; b++)
        {
            for (int i = 0; i < PerBlock; i++) skips.Push(h = Layer($"down_blocks.{b}", i, h, Channels[b], time, hasAttention: b < Last));
            if (b < Last) skips.Push(h = _net.Conv($"down_blocks.{b}.downsamplers.0.conv", h, Channels[b], stride: 2));
        }

        h = Layer("mid_block", 0, h, Channels[Last], time, hasAttention: true);
        h = _net.Resnet("mid_block.resnets.1", h, Channels[Last], 1e-5f, time);
        for (int b = 0; b < Channels.Length; b++)
        {
            long c = Channels[Last - b];
            for (int i = 0; i <= PerBlock; i++)
                h = Layer($"up_blocks.{b}", i, _g.Concat(h, skips.Pop()), c, time, hasAttention: b > 0);
            if (b < Last) h = _net.Conv($"up_blocks.{b}.upsamplers.0.conv", _g.Upsample(h), c);
        }

        return _net.Conv("conv_out", _net.GroupNorm("conv_norm_out", h, 1e-5f, silu: true), 4);
    }

    /// <summary>[1,1280], through SiLU, which every resnet begins with.</summary>
    private Value Time()
    {
        int half = (int)Channels[0] / 2;
        float[] waves = new float[2 * half];
        for (int i = 0; i < half; i++)
        {
            float angle = Timestep * MathF.Exp(-MathF.Log(10000) * i / half);
            (waves[i], waves[half + i]) = (MathF.Cos(angle), MathF.Sin(angle));
        }

        var first = _net.Linear("time_embedding.linear_1", _g.Given("input.time", waves, 1, Channels[0]), 4 * Channels[0]);
        return _g.Swish(_net.Linear("time_embedding.linear_2", _g.Swish(first, 1), 4 * Channels[0]), 1);
    }

    private Value Layer(string block, int index, Value x, long outputs, Value time, bool hasAttention)
    {
        x = _net.Resnet($"{block}.resnets.{index}", x, outputs, 1e-5f, time);
        if (hasAttention) x = Spatial($"{block}.attentions.{index}", x);
        return _hasMotion ? MotionGraph.Write(_net, $"{block}.motion_modules.{index}", x, Heads) : x;
    }

    private Value Spatial(string name, Value x)
    {
        string block = $"{name}.transformer_blocks.0";
        var y = _net.Tokens(_net.Conv($"{name}.proj_in", _net.GroupNorm($"{name}.norm", x, 1e-6f, silu: false), x.Shape[1], kernel: 1));
        y = _g.AddTo(_net.Attention($"{block}.attn1", _net.LayerNorm($"{block}.norm1", y), null, Heads, bias: false), y);

        // All frames look at the same words: their tokens are one long sequence of queries.
        var all = _g.Reshape(_net.LayerNorm($"{block}.norm2", y), 1, y.Shape[0] * y.Shape[1], y.Shape[2]);
        y = _g.AddTo(_g.Reshape(_net.Attention($"{block}.attn2", all, _context, Heads, bias: false), y.Shape), y);
        y = _g.AddTo(_net.FeedForward($"{block}.ff", _net.LayerNorm($"{block}.norm3", y)), y);
        return _g.AddTo(_net.Conv($"{name}.proj_out", _net.Picture(y, x), x.Shape[1], kernel: 1), x);
    }
}
