using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Motion;

/// <summary>
/// Products of a pixel with what lies around a place, at several sizes. All places of a level share one fraction: so products with whole
/// pixels come first, one for each corner, and neighbours are blended then.
/// <code>
/// items  a row of an image
/// reads  a once; of each level the corners' pixels, which mostly are at hand from the pixel before
/// writes y once
/// floor  4 (radius + 1)^2 C multiply-adds a pixel and level
/// </code>
/// </summary>
internal sealed unsafe class LookupCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<LookupCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int MostCorners = 2 * (LookupCall.MostRadius + 1);

    // Corners, a vector beyond the last, and a column beyond that.
    private const int GridSize = (MostCorners * MostCorners) + MostCorners + 16;

    public void Run(in LookupCall call)
    {
        var s = call.A.Shape;
        var levels = stackalloc Level[LookupCall.MostLevels];
        for (int i = 0; i < call.Levels.Length; i++)
            levels[i] = new Level { X = call.Levels[i].Floats(), Height = call.Levels[i].Shape.H, Width = call.Levels[i].Shape.W };
        var job = new Job
        {
            Y = call.Y.Floats(),
            A = call.A.Floats(),
            Flow = call.Flow.Floats() + call.Channel,
            Levels = levels,
            Count = call.Levels.Length,
            Height = s.H,
            Width = s.W,
            Channels = s.C,
            FlowChannels = call.Flow.Shape.C,
            Radius = call.Radius,
            Scale = call.Scale,
            Root = 1 / MathF.Sqrt(s.C),
        };
        workers.Run(ref job, checked(s.N * s.H), &LookupRow);
    }

    private static void LookupRow(Job* job, int item, int worker)
    {
        int i = item % job->Height, image = item / job->Height, channels = job->Channels;
        int side = (2 * job->Radius) + 1, taps = side * side;
        long pixel = (long)item * job->Width;
        float* a = job->A + (pixel * channels), flow = job->Flow + (pixel * job->FlowChannels);
        float* y = job->Y + (pixel * job->Count * taps);
        float* corners = stackalloc float[GridSize];
        for (int j = 0; j < job->Width; j++, a += channels, flow += job->FlowChannels)
        {
            float across = j + (job->Scale * flow[0]), down = i + (job->Scale * flow[1]), size = 1;
            for (int level = 0; level < job->Count; level++, size *= 0.5f, y += taps)
                LookAround(job, job->Levels[level], image, a, across * size, down * size, corners, y);
        }
    }

    private static void LookAround(Job* job, in Level level, int image, float* a, float across, float down, float* corners, float* y)
    {
        // Beyond these places nothing is seen. A place that is no number stays none, and so do its shares.
        int radius = job->Radius, side = (2 * radius) + 1, count = side + 1, channels = job->Channels;
        across = Math.Clamp(across, -radius - 2, level.Width + radius + 1);
        down = Math.Clamp(down, -radius - 2, level.Height + radius + 1);
        float left = MathF.Floor(across), top = MathF.Floor(down), x = across - left, z = down - top;
        int column = (int)left - radius, row = (int)top - radius;
        int first = Math.Max(0, -column), last = Math.Min(count, level.Width - column);

        // Columns one after the other, corners of a column side by side.
        new Span<float>(corners, GridSize).Clear();
        for (int t = Math.Max(0, -row), end = Math.Min(count, level.Height - row); t < end; t++)
        {
            float* b = level.X + (((((long)image * level.Height) + row + t) * level.Width + column + first) * channels);
            int s = first;
            for (; s <= last - 4; s += 4, b += 4L * channels) Multiply4(a, b, channels, corners + (s * count) + t, count);
            for (; s < last; s++, b += channels) corners[(s * count) + t] = Multiply(a, b, channels);
        }

        TVector near = TSimd.Create((1 - x) * job->Root), far = TSimd.Create(x * job->Root);
        for (int at = 0; at < side * count; at += TSimd.Count)
        {
            var right = TSimd.Multiply(far, TSimd.Load(corners + at + count));
            TSimd.Store(TSimd.MultiplyAdd(near, TSimd.Load(corners + at), right), corners + at);
        }

        for (int s = 0; s < side; s++, corners += count, y += side)
        {
            for (int t = 0; t < side; t++) y[t] = float.MultiplyAddEstimate(1 - z, corners[t], z * corners[t + 1]);
        }
    }

    /// <summary>Products with four neighbours, to places <paramref name="stride"/> apart.</summary>
    private static void Multiply4(float* a, float* b, int channels, float* to, int stride)
    {
        float* b1 = b + channels, b2 = b1 + channels, b3 = b2 + channels;
        TVector v0 = default, v1 = default, v2 = default, v3 = default;
        int c = 0;
        for (; c <= channels - TSimd.Count; c += TSimd.Count)
        {
            var v = TSimd.Load(a + c);
            v0 = TSimd.MultiplyAdd(v, TSimd.Load(b + c), v0);
            v1 = TSimd.MultiplyAdd(v, TSimd.Load(b1 + c), v1);
            v2 = TSimd.MultiplyAdd(v, TSimd.Load(b2 + c), v2);
            v3 = TSimd.MultiplyAdd(v, TSimd.Load(b3 + c), v3);
        }

        float s0 = TSimd.Sum(v0), s1 = TSimd.Sum(v1), s2 = TSimd.Sum(v2), s3 = TSimd.Sum(v3);
        for (; c < channels; c++)
        {
            s0 = float.MultiplyAddEstimate(a[c], b[c], s0);
            s1 = float.MultiplyAddEstimate(a[c], b1[c], s1);
            s2 = float.MultiplyAddEstimate(a[c], b2[c], s2);
            s3 = float.MultiplyAddEstimate(a[c], b3[c], s3);
        }

        (to[0], to[stride], to[2 * stride], to[3 * stride]) = (s0, s1, s2, s3);
    }

    private static float Multiply(float* a, float* b, int channels)
    {
        TVector v = default;
        int c = 0;
        for (; c <= channels - TSimd.Count; c += TSimd.Count) v = TSimd.MultiplyAdd(TSimd.Load(a + c), TSimd.Load(b + c), v);
        float sum = TSimd.Sum(v);
        for (; c < channels; c++) sum = float.MultiplyAddEstimate(a[c], b[c], sum);
        return sum;
    }

    private struct Job
    {
        public float* Y, A, Flow;
        public Level* Levels;
        public int Count, Height, Width, Channels, FlowChannels, Radius;
        public float Scale, Root;
    }

    private struct Level
    {
        public float* X;
        public int Height, Width;
    }
}
