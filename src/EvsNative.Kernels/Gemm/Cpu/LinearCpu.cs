using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Matrix products over rows of channels.</summary>
internal sealed unsafe class LinearCpu<TSimd, TVector>(GemmCpu<TSimd, TVector> gemm)
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public void Run(Tensor y, Tensor x, Filter filter, in Epilogue epilogue) => Multiply(x, filter, EpilogueCpu<TSimd, TVector>.Of(y, filter, epilogue));

    public void RunSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias)
    {
        var epilogue = EpilogueCpu<TSimd, TVector>.Of(ys[0], filter, new Epilogue(bias));
        if (ys.Length > 1) epilogue.Split(ys[1], ys.Length > 2 ? ys[2] : null);
        Multiply(x, filter, epilogue);
    }

    public void RunGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias) => Multiply(x, filter, EpilogueCpu<TSimd, TVector>.Of(y, filter, new Epilogue(bias)));

    private void Multiply(Tensor x, Filter filter, EpilogueCpu<TSimd, TVector> epilogue)
    {
        int depth = x.Shape.C;
        Span<Segment> segments = stackalloc Segment[GemmCpu<TSimd, TVector>.SegmentsOf(depth)];
        int count = GemmCpu<TSimd, TVector>.AddSegments(segments, 0, 0, depth);
        gemm.Run(new MatrixRows(x.Floats(), depth), 1, x.Shape.Rows, segments[..count], filter, epilogue);
    }

    private readonly struct MatrixRows(float* x, int channels) : IRowSource
    {
        public void Locate(float** table, int stride, long first, int count)
        {
            float* row = x + (first * channels);
            for (int i = 0; i < count; i++, row += channels) table[i] = row;
        }
    }
}
