using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Matrix products over rows of channels.</summary>
internal sealed unsafe class LinearCpu<TSimd, TVector>(GemmCpu<TSimd, TVector> gemm)
    : IOperation<LinearCall>, IOperation<LinearSplitCall>, IOperation<LinearGegluCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public void Run(in LinearCall call) =>
        Multiply(call.X, call.Filter, EpilogueCpu<TSimd, TVector>.Of(call.Y, call.Filter, call.Epilogue));

    public void Run(in LinearSplitCall call)
    {
        var ys = call.Ys;
        var epilogue = EpilogueCpu<TSimd, TVector>.Of(ys[0], call.Filter, new Epilogue(call.Bias));
        if (ys.Length > 1) epilogue.Split(ys[1], ys.Length > 2 ? ys[2] : null);
        Multiply(call.X, call.Filter, epilogue);
    }

    public void Run(in LinearGegluCall call) =>
        Multiply(call.X, call.Filter, EpilogueCpu<TSimd, TVector>.Of(call.Y, call.Filter, new Epilogue(call.Bias)));

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
