using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Window;

/// <summary>
/// Patches of images as rows, and channels laid out as pixels: neighbours in a row lie side by side on both sides, so both copy stretches.
/// <code>
/// items  a row of patches; a row of x that becomes rows of pixels
/// reads  x, a pixel once for each patch that it is in, mostly from the caches
/// writes y once: bound by memory
/// </code>
/// </summary>
internal sealed unsafe class PatchesCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<PatchesCall>, IOperation<UnpatchesCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public void Run(in PatchesCall call)
    {
        var (y, x, geometry) = call;
        var job = new Job { Y = y.Floats(), X = x.Floats(), To = y.Shape, From = x.Shape, Geometry = geometry };
        workers.Run(ref job, checked(y.Shape.N * y.Shape.H), &Cut);
    }

    public void Run(in UnpatchesCall call)
    {
        var (y, x, scale) = call;
        var job = new Job { Y = y.Floats(), X = x.Floats(), To = y.Shape, From = x.Shape, Scale = scale };
        workers.Run(ref job, checked(x.Shape.N * x.Shape.H), &LayOut);
    }

    private static void Cut(Job* job, int item, int worker)
    {
        var (kernelH, kernelW, stride, padding, frames, _) = job->Geometry;
        var (images, h, w, channels) = job->From;
        int n = item / job->To.H, top = (item % job->To.H * stride) - padding;
        float* y = job->Y + ((long)item * job->To.W * job->To.C);
        for (int j = 0; j < job->To.W; j++)
        {
            // Columns of the patch that the picture has.
            int left = (j * stride) - padding, first = Math.Clamp(-left, 0, kernelW), last = Math.Clamp(w - left, first, kernelW);
            for (int t = 0; t < frames; t++)
            {
                int image = (n * frames) + t;
                for (int u = 0; u < kernelH; u++, y += kernelW * channels)
                {
                    int row = top + u;
                    bool isInside = image < images && row >= 0 && row < h && first < last;
                    int from = isInside ? first * channels : 0, to = isInside ? last * channels : 0;
                    Clear(y, from);
                    if (isInside) Copy(y + from, job->X + (((((long)image * h) + row) * w) + left + first) * channels, to - from);
                    Clear(y + to, (kernelW * channels) - to);
                }
            }
        }
    }

    private static void LayOut(Job* job, int item, int worker)
    {
        int scale = job->Scale, width = job->From.W, stretch = scale * job->To.C;
        float* x = job->X + ((long)item * width * job->From.C), y = job->Y + ((long)item * scale * job->To.W * job->To.C);
        for (int u = 0; u < scale; u++)
        {
            float* from = x + (u * stretch);
            for (int j = 0; j < width; j++, from += job->From.C, y += stretch) Copy(y, from, stretch);
        }
    }

    private static void Copy(float* to, float* from, int count)
    {
        int i = 0;
        for (; i + TSimd.Count <= count; i += TSimd.Count) TSimd.Store(TSimd.Load(from + i), to + i);
        for (; i < count; i++) to[i] = from[i];
    }

    private static void Clear(float* to, int count) => new Span<float>(to, count).Clear();

    private struct Job
    {
        public float* Y, X;
        public Shape To, From;
        public PatchGeometry Geometry;
        public int Scale;
    }
}
