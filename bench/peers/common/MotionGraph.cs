namespace EvsNative.Peers;

/// <summary>A motion module of AnimateDiff (docs/models.md 4): attention of each pixel through the frames of one video.</summary>
internal static class MotionGraph
{
    /// <summary>x [frames,C,H,W].</summary>
    public static Value Write(Net net, string name, Value x, int heads)
    {
        var g = net.Graph;
        string block = $"{name}.transformer_blocks.0";
        long frames = x.Shape[0], c = x.Shape[1], height = x.Shape[2], width = x.Shape[3];

        // Statistics of the norm are those of the whole video.
        var video = g.Permute(g.Reshape(x, frames, c, height * width), 1, 0, 2);
        var y = net.GroupNorm($"{name}.norm", g.Reshape(video, 1, c, frames, height * width), 1e-6f, silu: false);
        y = net.Linear($"{name}.proj_in", g.Permute(g.Reshape(y, c, frames, height * width), 2, 1, 0), c);
        var positions = g.Given($"{block}.positions.{c}", Positions(frames, c), 1, frames, c);
        for (int i = 1; i <= 2; i++)
        {
            var placed = g.AddTo(net.LayerNorm($"{block}.norm{i}", y), positions);
            y = g.AddTo(net.Attention($"{block}.attn{i}", placed, null, heads, bias: false), y);
        }

        y = g.AddTo(net.FeedForward($"{block}.ff", net.LayerNorm($"{block}.norm3", y)), y);
        y = g.Permute(net.Linear($"{name}.proj_out", y, c), 1, 2, 0);
        return g.AddTo(g.Reshape(y, frames, c, height, width), x);
    }

    /// <summary>Sines and cosines, [frames,C].</summary>
    private static float[] Positions(long frames, long c)
    {
        float[] table = new float[frames * c];
        for (long f = 0; f < frames; f++)
        {
            for (long i = 0; i < c; i += 2)
            {
                double angle = f * Math.Exp(i * (-Math.Log(10000) / c));
                (table[(f * c) + i], table[(f * c) + i + 1]) = ((float)Math.Sin(angle), (float)Math.Cos(angle));
            }
        }

        return table;
    }
}
