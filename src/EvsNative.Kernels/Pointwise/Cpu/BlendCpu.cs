using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Two pictures by a mask.
/// <code>
/// items  a row of an image
/// reads  a, b and the mask once
/// writes y once
/// </code>
/// </summary>
internal sealed unsafe class BlendCpu<TSimd, TVector>(CpuWorkers workers) : IOperation<BlendCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public void Run(in BlendCall call)
    {
        var s = call.Y.Shape;
        var job = new Job
        {
            Y = call.Y.Floats(),
            A = call.A.Floats(),
            B = call.B.Floats(),
            Mask = call.Mask.Floats() + call.Channel,
            Width = s.W,
            Channels = s.C,
            MaskChannels = call.Mask.Shape.C,
        };
        workers.Run(ref job, checked(s.N * s.H), &BlendRow);
    }

    private static void BlendRow(Job* job, int item, int worker)
    {
        int channels = job->Channels;
        long pixel = (long)item * job->Width, at = pixel * channels;
        float* y = job->Y + at, a = job->A + at, b = job->B + at, mask = job->Mask + (pixel * job->MaskChannels);
        for (int j = 0; j < job->Width; j++, y += channels, a += channels, b += channels, mask += job->MaskChannels)
        {
            float own = *mask, rest = 1 - own;
            TVector m = TSimd.Create(own), other = TSimd.Create(rest);
            int c = 0;
            for (; c <= channels - TSimd.Count; c += TSimd.Count)
                TSimd.Store(TSimd.MultiplyAdd(m, TSimd.Load(a + c), TSimd.Multiply(other, TSimd.Load(b + c))), y + c);
            for (; c < channels; c++) y[c] = float.MultiplyAddEstimate(own, a[c], rest * b[c]);
        }
    }

    private struct Job
    {
        public float* Y, A, B, Mask;
        public int Width, Channels, MaskChannels;
    }
}
