namespace EvsNative.Kernels.Gemm;

/// <summary>Weights of the four phases of an enlarging filter: taps of a 3x3 kernel that meet the same pixel, summed in float32.</summary>
internal static unsafe class FilterPhases
{
    private const int Kernel = 3, Taps = Kernel * Kernel, Sums = 16;

    /// <summary>Channels that are summed at a time.</summary>
    private const int Block = 64;

    /// <summary>Packs a column.</summary>
    /// <returns>false if a sum is too large for the storage</returns>
    public static bool Pack<TStored>(FilterLayoutTensor layout, FilterShape shape, float* weights, TStored* packed, int output)
        where TStored : unmanaged
    {
        float* sums = stackalloc float[Sums * Block];
        for (int first = 0; first < shape.In; first += Block)
        {
            int channels = Math.Min(Block, shape.In - first);
            float* from = weights + ((((long)output * shape.In) + first) * Taps);
            for (int s = 0; s < Sums; s++)
            {
                float* row = sums + (s * Block);
                Sum(from, row, channels, s >> 3, (s >> 2) & 1, (s >> 1) & 1, s & 1);
                long column = ((long)(s >> 2) * layout.Columns) + layout.Column(output);
                var to = packed + layout.PhaseStart + (((column * 4) + (s & 3)) * shape.In) + first;
                if (sizeof(TStored) == sizeof(float)) new ReadOnlySpan<float>(row, channels).CopyTo(new Span<float>(to, channels));
                else if (!Narrowing.FitHalf(row, channels)) return false;
                else Narrowing.Round(row, (ushort*)to, channels, WeightStorage.Float16);
            }
        }

        return true;
    }

    /// <summary>A tap of a phase for each channel.</summary>
    private static void Sum(float* from, float* to, int channels, int phaseDown, int phaseRight, int down, int right)
    {
        new Span<float>(to, channels).Clear();
        for (int u = 0; u < Kernel; u++)
        {
            for (int v = 0; v < Kernel; v++)
            {
                if (!FilterLayoutTensor.IsOf(phaseDown, down, u) || !FilterLayoutTensor.IsOf(phaseRight, right, v)) continue;
                for (int c = 0; c < channels; c++) to[c] += from[(c * Taps) + (u * Kernel) + v];
            }
        }
    }
}
