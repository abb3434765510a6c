using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EvsNative.Kernels.Cpu;

/// <summary>Turns small matrices, 4 x 4 numbers at a time in registers of the width that every processor has.</summary>
internal static unsafe class Transposition
{
    private const int Side = 4;

    /// <summary>to[c][r] = from[r][c], rows <paramref name="fromStride"/> and <paramref name="toStride"/> elements apart.</summary>
    public static void Turn(float* from, long fromStride, float* to, long toStride, int rows, int columns)
    {
        int r = 0;
        for (; r <= rows - Side; r += Side)
        {
            float* x = from + (r * fromStride), y = to + r;
            int c = 0;
            for (; c <= columns - Side; c += Side) TurnBlock(x + c, fromStride, y + (c * toStride), toStride);
            for (; c < columns; c++)
            {
                for (int i = 0; i < Side; i++) y[(c * toStride) + i] = x[(i * fromStride) + c];
            }
        }

        for (; r < rows; r++)
        {
            for (int c = 0; c < columns; c++) to[(c * toStride) + r] = from[(r * fromStride) + c];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnBlock(float* x, long fromStride, float* y, long toStride)
    {
        Vector128<float> x0 = Vector128.Load(x), x1 = Vector128.Load(x + fromStride);
        Vector128<float> x2 = Vector128.Load(x + (2 * fromStride)), x3 = Vector128.Load(x + (3 * fromStride));

        // Pairs of numbers change sides first, then the two of each pair. (Halves taken apart and joined would go through memory.)
        var isLeft = Vector128.Create(-1, -1, 0, 0).AsSingle();
        var left02 = Vector128.ConditionalSelect(isLeft, x0, Vector128.Shuffle(x2, Vector128.Create(0, 1, 0, 1)));
        var left13 = Vector128.ConditionalSelect(isLeft, x1, Vector128.Shuffle(x3, Vector128.Create(0, 1, 0, 1)));
        var right02 = Vector128.ConditionalSelect(isLeft, Vector128.Shuffle(x0, Vector128.Create(2, 3, 2, 3)), x2);
        var right13 = Vector128.ConditionalSelect(isLeft, Vector128.Shuffle(x1, Vector128.Create(2, 3, 2, 3)), x3);
        var isEven = Vector128.Create(-1, 0, -1, 0).AsSingle();
        Vector128.ConditionalSelect(isEven, left02, Vector128.Shuffle(left13, Vector128.Create(0, 0, 2, 2))).Store(y);
        Vector128.ConditionalSelect(isEven, Vector128.Shuffle(left02, Vector128.Create(1, 1, 3, 3)), left13).Store(y + toStride);
        Vector128.ConditionalSelect(isEven, right02, Vector128.Shuffle(right13, Vector128.Create(0, 0, 2, 2))).Store(y + (2 * toStride));
        Vector128.ConditionalSelect(isEven, Vector128.Shuffle(right02, Vector128.Create(1, 1, 3, 3)), right13).Store(y + (3 * toStride));
    }
}
