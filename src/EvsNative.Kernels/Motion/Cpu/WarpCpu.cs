using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Motion;

/// <summary>
/// Pictures moved along a flow.
/// <code>
/// items  a row of an image
/// reads  flow once; of x four pixels for each, which mostly are at hand from the pixel before
/// writes y once
/// </code>
/// </summary>
internal sealed unsafe class WarpCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<WarpCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public void Run(in WarpCall call)
    {
        var s = call.X.Shape;
        var job = new Job
        {
            Y = call.Y.Floats(),
            X = call.X.Floats(),
            Flow = call.Flow.Floats() + call.Channel,
            Height = s.H,
            Width = s.W,
            Channels = s.C,
            FlowChannels = call.Flow.Shape.C,
        };
        workers.Run(ref job, checked(s.N * s.H), &WarpRow);
    }

    private static void WarpRow(Job* job, int item, int worker)
    {
        int i = item % job->Height, width = job->Width, channels = job->Channels;
        long row = (long)width * channels, pixel = (long)item * width;
        float* x = job->X + ((item - i) * row), y = job->Y + (pixel * channels), flow = job->Flow + (pixel * job->FlowChannels);
        for (int j = 0; j < width; j++, y += channels, flow += job->FlowChannels)
        {
            // A place that is no number stays none, and so do its shares.
            float across = Math.Clamp(j + flow[0], 0, width - 1), down = Math.Clamp(i + flow[1], 0, job->Height - 1);
            int left = (int)across, top = (int)down;
            float* a = x + (top * row) + ((long)left * channels), b = left + 1 < width ? a + channels : a;
            long below = top + 1 < job->Height ? row : 0;
            Mix(y, a, b, below, channels, across - left, down - top);
        }
    }

    /// <summary>A pixel between a and b and the two below them.</summary>
    private static void Mix(float* y, float* a, float* b, long below, int channels, float across, float down)
    {
        float wa = (1 - across) * (1 - down), wb = across * (1 - down), wc = (1 - across) * down, wd = across * down;
        TVector va = TSimd.Create(wa), vb = TSimd.Create(wb), vc = TSimd.Create(wc), vd = TSimd.Create(wd);
        int c = 0;
        for (; c <= channels - TSimd.Count; c += TSimd.Count)
        {
            var sum = TSimd.MultiplyAdd(vb, TSimd.Load(b + c), TSimd.Multiply(va, TSimd.Load(a + c)));
            sum = TSimd.MultiplyAdd(vc, TSimd.Load(a + below + c), sum);
            TSimd.Store(TSimd.MultiplyAdd(vd, TSimd.Load(b + below + c), sum), y + c);
        }

        for (; c < channels; c++)
        {
            float sum = float.MultiplyAddEstimate(wb, b[c], wa * a[c]);
            sum = float.MultiplyAddEstimate(wc, a[below + c], sum);
            y[c] = float.MultiplyAddEstimate(wd, b[below + c], sum);
        }
    }

    private struct Job
    {
        public float* Y, X, Flow;
        public int Height, Width, Channels, FlowChannels;
    }
}
