using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Algorithms;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Guidance with the contrast of the positive prediction.
/// <code>
/// groups image x part of its elements, for the moments and again to write; who writes a part merges its image's moments
/// reads  both inputs three times (mean, deviations, result)
/// writes y once
/// </code>
/// All is float32. A part's mean comes first, then the squared deviations from it, both of values less the image's first one, so that those
/// of a flat image are 0. Means and squared deviations are merged, not sums of squares, in one order. An image has as many parts alone as
/// among others.
/// </summary>
internal sealed class RescaleGuidancePortable(GpuRuntime gpu, Scratch scratch) : IOperation<RescaleGuidanceCall>
{
    private const int GroupSize = 256;

    // Of an image.
    private const int Parts = 16;

    // Mean and squared deviations of the positive prediction and of the guided one.
    private const int Moments = 4;

    private readonly KernelVariants<Args> _moments = new(gpu, typeof(RescaleGuidancePortable), nameof(MomentsKernel));
    private readonly KernelVariants<Args> _write = new(gpu, typeof(RescaleGuidancePortable), nameof(WriteKernel));

    public void Run(in RescaleGuidanceCall call)
    {
        var (y, positive, negative, guidance, share) = call;
        int images = y.Shape.N, count = checked((int)(y.Shape.Count / images));
        var mark = scratch.Here();
        var args = new Args
        {
            Y = y.Operand(),
            Positive = positive.Operand(),
            Negative = negative.Operand(),
            Moments = scratch.Rent(new Shape(images, 1, Parts, Moments), ElementType.Float32).Operand(),
            Count = count,
            Part = (count + Parts - 1) / Parts,
            Guidance = guidance,
            Share = share,
        };
        _moments.Get(GroupSize).Launch(new Groups(Parts, images), args);
        _write.Get(GroupSize).Launch(new Groups(Parts, images), args);
        scratch.Release(mark);
    }

    /// <summary>Means (less the image's first value) and squared deviations of a part.</summary>
    private static void MomentsKernel(Args args)
    {
        var shares = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX, first = Grid.IdxX * args.Part, size = SizeOf(args, Grid.IdxX);
        long start = (long)Grid.IdxY * args.Count, from = start + first;
        float positive = Float32Element.Load(args.Positive, start), guided = Guided(args, start), p = 0, e = 0;
        for (int i = thread; i < size; i += GroupSize)
        {
            p += Float32Element.Load(args.Positive, from + i) - positive;
            e += Guided(args, from + i) - guided;
        }

        float elements = IntrinsicMath.Max(size, 1), positiveMean = Total(shares, p) / elements, guidedMean = Total(shares, e) / elements;
        p = 0;
        e = 0;
        for (int i = thread; i < size; i += GroupSize)
        {
            float apart = Float32Element.Load(args.Positive, from + i) - positive - positiveMean;
            p += apart * apart;
            apart = Guided(args, from + i) - guided - guidedMean;
            e += apart * apart;
        }

        p = Total(shares, p);
        e = Total(shares, e);
        if (thread > 0) return;
        long to = (((long)Grid.IdxY * Parts) + Grid.IdxX) * Moments;
        Float32Element.Store(args.Moments, to, positiveMean);
        Float32Element.Store(args.Moments, to + 1, p);
        Float32Element.Store(args.Moments, to + 2, guidedMean);
        Float32Element.Store(args.Moments, to + 3, e);
    }

    private static void WriteKernel(Args args)
    {
        long moments = (long)Grid.IdxY * Parts * Moments, from = ((long)Grid.IdxY * args.Count) + ((long)Grid.IdxX * args.Part);
        float positive = Deviations(args, moments), guided = Deviations(args, moments + 2);

        // Not "greater than 0": the quotient of what is not a number is none either.
        float ratio = guided == 0 ? 1 : XMath.Sqrt(positive / guided), factor = (args.Share * ratio) + (1 - args.Share);
        int size = SizeOf(args, Grid.IdxX);
        for (int i = Group.IdxX; i < size; i += GroupSize) Float32Element.Store(args.Y, from + i, factor * Guided(args, from + i));
    }

    /// <summary>Squared deviations of an image from its mean, from the moments of its parts.</summary>
    private static float Deviations(Args args, long moments)
    {
        float mean = 0, sum = 0;
        for (int k = 0; k < Parts; k++) mean += SizeOf(args, k) * Float32Element.Load(args.Moments, moments + (k * Moments));
        mean /= args.Count;
        for (int k = 0; k < Parts; k++)
        {
            float apart = Float32Element.Load(args.Moments, moments + (k * Moments)) - mean;
            sum += Float32Element.Load(args.Moments, moments + (k * Moments) + 1) + (SizeOf(args, k) * apart * apart);
        }

        return sum;
    }

    private static float Guided(Args args, long i)
    {
        float negative = Float32Element.Load(args.Negative, i);
        return negative + (args.Guidance * (Float32Element.Load(args.Positive, i) - negative));
    }

    /// <summary>Elements of a part; the last ones of a small image have none.</summary>
    private static int SizeOf(Args args, int part) => IntrinsicMath.Clamp(args.Count - (part * args.Part), 0, args.Part);

    /// <summary>The sum of all threads' shares, for each of them.</summary>
    private static float Total(ArrayView<float> shares, float share)
    {
        int thread = Group.IdxX;
        shares[thread] = share;
        Threads.Wait();
        for (int half = GroupSize / 2; half > 0; half /= 2)
        {
            if (thread < half) shares[thread] += shares[thread + half];
            Threads.Wait();
        }

        float total = shares[0];
        Threads.Wait();
        return total;
    }

    private struct Args
    {
        public Operand Y, Positive, Negative, Moments;
        public int Count, Part;
        public float Guidance, Share;
    }
}
