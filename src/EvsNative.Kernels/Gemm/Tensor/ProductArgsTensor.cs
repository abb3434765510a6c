using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>What the tensor kernel of products is told. Channels are counted in chunks of 16 bytes.</summary>
internal struct ProductArgsTensor
{
    // Rows of the result of which a warp copies 64 bytes at a time.
    private const int CopiedRows = 8;

    public Operand X, X2, Weights;

    /// <summary>Rows of the result, columns of the packed weights.</summary>
    public int Rows, Columns;

    /// <summary>Chunks of a pixel of both inputs, of a row of weights; pieces of the summed axis in all.</summary>
    public int Chunks, Chunks2, WeightChunks, Pieces;

    /// <summary>Tiles that hold all rows and all columns, and columns of tiles that are walked together.</summary>
    public int TilesDown, TilesAcross, BandTiles;

    /// <summary>A convolution's walk over its input.</summary>
    public int Height, Width, VirtualHeight, VirtualWidth, OutHeight, OutWidth, Kernel, Stride, Padding, IsEnlarged;

    /// <summary>Results of which this is the walk; which of them a group makes, set by the kernel.</summary>
    public int Phases, PhaseDown, PhaseRight;

    public EpilogueArgsTensor Epilogue;

    /// <summary>What a plan asks, of a result whose numbers have so many bytes, of products of such factors.</summary>
    public readonly ProductSizeTensor Size(int resultBytes, ProductFactors factors) => new(
        Rows, Columns, Chunks, Chunks2, Kernel * Kernel, PixelReads,
        (Epilogue.Sections * Epilogue.Width * resultBytes * (1 + Epilogue.HasResidual)) + (Epilogue.HasMoments * MomentBytes),
        Epilogue.HasBias, Epilogue.HasPerImage, factors, Phases);

    // Of a row: two float32 of a column in a run.
    private readonly int MomentBytes => 2 * sizeof(float) * Columns / ChannelMoments.Run;

    private readonly long PixelReads
    {
        get
        {
            if (OutHeight == 0) return Rows;
            long down = 0, across = 0;
            for (int tap = 0; tap < Kernel; tap++)
            {
                down += Inside(tap, VirtualHeight, OutHeight);
                across += IsEnlarged != 0 ? Distinct(tap) : Inside(tap, VirtualWidth, OutWidth);
            }

            return Rows / (OutHeight * OutWidth) * down * across;
        }
    }

    /// <summary>
    /// Pixels of a line of an enlarged image under a tap: a warp copies those of eight rows of the result, and asks for each of them once.
    /// </summary>
    private readonly long Distinct(int tap)
    {
        long distinct = 0;
        for (int window = 0, last = -1; window < OutWidth; window++)
        {
            if (window % CopiedRows == 0) last = -1;
            int x = (window * Stride) - Padding + tap, pixel = x < 0 | x >= VirtualWidth ? -1 : x * Width / VirtualWidth;
            if (pixel >= 0 & pixel != last) distinct++;
            last = pixel;
        }

        return distinct;
    }

    /// <summary>Windows of which a tap is inside, of an axis of so many pixels.</summary>
    private readonly int Inside(int tap, int pixels, int windows)
    {
        int before = Math.Max(Padding - tap + Stride - 1, 0) / Stride, last = (pixels - 1 - tap + Padding) / Stride;
        return Math.Max(Math.Min(last, windows - 1) - before + 1, 0);
    }
}

/// <summary>What happens to finished sums.</summary>
internal struct EpilogueArgsTensor
{
    public Operand Y, Y1, Y2, Bias, PerImage, Residual, Moments;

    /// <summary>Columns of a destination, and destinations.</summary>
    public int Width, Sections;

    /// <summary>Elements from one image's vector to the next one's, rows of an image.</summary>
    public int PerImageStride, ImageRows;

    public int HasBias, HasPerImage, HasResidual, HasMoments;
    public Activation Activation;
}
