using System.Reflection;
using static EvsNative.Bench.InstructionKernels;

namespace EvsNative.Bench;

/// <summary>An instruction with an input, and what comes out.</summary>
/// <param name="Name">the instruction</param>
/// <param name="Kernel">which of <see cref="InstructionKernels"/></param>
/// <param name="Sm">the oldest architecture that has it</param>
/// <param name="Input">blocks of words</param>
/// <param name="Error">how far an output is from what is right, relative; 0 and 1 where bits count</param>
/// <param name="Allowed">the most</param>
internal sealed record InstructionTrial(
    string Name, MethodInfo Kernel, int Sm, uint[] Input, Func<uint[], double> Error, double Allowed);

/// <summary>Each instruction of the tensor kernels against what the manual says, by numbers that tell each place from the others.</summary>
internal static class InstructionTrials
{
    private const int Rows = 16, Columns = 8, WordsOfLane = LaneBytes / sizeof(uint), WordsOfBlock = Lanes * WordsOfLane;

    // Sums of 16 products in float32, in whatever order and with whatever rounding the hardware has.
    private const double SumError = 1e-6;

    private static readonly Random Random = new(11);

    public static IReadOnlyList<InstructionTrial> All { get; } =
    [
        Half("mma m16n8k16 f16, sums f32", nameof(Half16), 80, 16),
        Half("mma m16n8k8 f16, sums f32", nameof(Half8), 75, 8),
        Tf32("mma m16n8k8 tf32, numbers of 10 bits", true, x => x, SumError),
        Tf32("mma m16n8k8 tf32, low 13 bits ignored", false, Cut, SumError),
        Of("ldmatrix x4, as it lies and transposed", nameof(Matrices), 75, Words(1), Exactly(WordOfMatrices, 2)),
        Of("cp.async 16 bytes, 0 to 16 of them and zeros", nameof(Copies), 80, Words(1), Exactly(WordOfCopies, 1)),
        Of("shfl.bfly by 1, 2 and 16", nameof(Neighbours), 60, Words(1), Exactly(WordOfNeighbours, 1)),
        Of("cvt f16x2, f16, tf32 and back", nameof(Narrow), 80, Floats(-70000, 70000, 1e-9), Exactly(WordOfNarrow, 2)),
        Of("ex2, rsqrt, fma, division", nameof(Approximations), 60, Floats(1e-6, 30, 0), ErrorOfApproximations, 6e-7),
    ];

    /// <summary>A binary16 product. Numbers are multiples of 1/64, so products are exact; subnormal ones are among them.</summary>
    private static InstructionTrial Half(string name, string kernel, int sm, int depth)
    {
        uint[] input = new uint[Blocks * WordsOfBlock];
        double[,] a = new double[Rows, depth], b = new double[depth, Columns];
        for (int r = 0; r < Rows; r++)
            for (int k = 0; k < depth; k++) a[r, k] = k == 3 ? (r + 1) * Math.Pow(2, -20) : Draw();
        for (int k = 0; k < depth; k++)
            for (int c = 0; c < Columns; c++) b[k, c] = k == 3 ? 60000 - (64 * c) : Draw();
        for (int lane = 0; lane < Lanes; lane++)
        {
            for (int i = 0; i < depth / 2; i++)
                Set(input, lane, i, 0, a[InstructionLayout.HalfA(lane, i).Row, InstructionLayout.HalfA(lane, i).Channel]);
            for (int i = 0; i < depth / 4; i++)
                Set(input, lane, i, 1, b[InstructionLayout.HalfB(lane, i).Channel, InstructionLayout.HalfB(lane, i).Column]);
        }

        double[,] c2 = Third(input);
        return Of(name, kernel, sm, input, got => ErrorOfSums(got, a, b, c2), SumError);

        static void Set(uint[] input, int lane, int i, int block, double value)
        {
            uint bits = BitConverter.HalfToUInt16Bits((Half)value);
            input[(block * WordsOfBlock) + (lane * WordsOfLane) + (i / 2)] |= bits << (16 * (i % 2));
        }
    }

    private static InstructionTrial Tf32(string name, bool isRounded, Func<float, float> seen, double allowed)
    {
        const int Depth = 8;
        uint[] input = new uint[Blocks * WordsOfBlock];
        double[,] a = new double[Rows, Depth], b = new double[Depth, Columns];
        for (int lane = 0; lane < Lanes; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                float value = isRounded ? Cut((float)Draw()) : (float)(Draw() * 1.0007);
                a[InstructionLayout.Tf32A(lane, i).Row, InstructionLayout.Tf32A(lane, i).Channel] = seen(value);
                input[(lane * WordsOfLane) + i] = BitConverter.SingleToUInt32Bits(value);
            }

            for (int i = 0; i < 2; i++)
            {
                float value = isRounded ? Cut((float)Draw()) : (float)(Draw() * 1.0007);
                b[InstructionLayout.Tf32B(lane, i).Channel, InstructionLayout.Tf32B(lane, i).Column] = seen(value);
                input[WordsOfBlock + (lane * WordsOfLane) + i] = BitConverter.SingleToUInt32Bits(value);
            }
        }

        double[,] c = Third(input);
        return Of(name, nameof(InstructionKernels.Tf32), 80, input, got => ErrorOfSums(got, a, b, c), allowed);
    }

    /// <summary>Sums to begin with.</summary>
    private static double[,] Third(uint[] input)
    {
        double[,] c = new double[Rows, Columns];
        for (int lane = 0; lane < Lanes; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                var (row, column) = InstructionLayout.Sum(lane, i);
                float value = (float)Draw();
                c[row, column] = value;
                input[(2 * WordsOfBlock) + (lane * WordsOfLane) + i] = BitConverter.SingleToUInt32Bits(value);
            }
        }

        return c;
    }

    /// <summary>The largest error of a sum, relative to the size of what is summed.</summary>
    private static double ErrorOfSums(uint[] got, double[,] a, double[,] b, double[,] c)
    {
        double worst = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                var (row, column) = InstructionLayout.Sum(lane, i);
                double sum = c[row, column], size = Math.Abs(sum);
                for (int k = 0; k < a.GetLength(1); k++)
                {
                    sum += a[row, k] * b[k, column];
                    size += Math.Abs(a[row, k] * b[k, column]);
                }

                double error = Math.Abs(Float(got, lane, i) - sum) / size;
                worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error);
            }
        }

        return worst;
    }

    private static uint WordOfMatrices(uint[] input, int lane, int word)
    {
        // Matrix m has its row r in the 16 bytes of lane 8 m + r; a lane has two elements of a row, or of a column.
        int matrix = word % 4, line = lane / 4, pair = lane % 4;
        if (word < 4) return input[(((8 * matrix) + line) * WordsOfLane) + pair];
        return Element(2 * pair) | (Element((2 * pair) + 1) << 16);

        uint Element(int row) => (input[(((8 * matrix) + row) * WordsOfLane) + (line / 2)] >> (16 * (line % 2))) & 0xffff;
    }

    private static uint WordOfCopies(uint[] input, int lane, int word)
    {
        int bytes = Math.Clamp((lane % (LaneBytes + 1)) - (sizeof(uint) * word), 0, sizeof(uint));
        return bytes == 4 ? input[(lane * WordsOfLane) + word] : input[(lane * WordsOfLane) + word] & ((1u << (8 * bytes)) - 1);
    }

    private static uint WordOfNeighbours(uint[] input, int lane, int word) =>
        input[(lane ^ word switch { 0 => 1, 1 => 2, 2 => 16, _ => 0 }) * WordsOfLane];

    private static uint WordOfNarrow(uint[] input, int lane, int word)
    {
        float X(int i) => Float(input, lane, i);
        ushort H(int i) => BitConverter.HalfToUInt16Bits((Half)X(i));
        return word switch
        {
            0 => H(0) | ((uint)H(1) << 16),
            1 => H(2) | ((uint)H(3) << 16),
            // To nearest, ties away from zero.
            2 => (BitConverter.SingleToUInt32Bits(X(0)) + 0x1000) & 0xffffe000,
            3 => H(3),
            4 or 6 => BitConverter.SingleToUInt32Bits((float)(Half)X(0)),
            5 => BitConverter.SingleToUInt32Bits((float)(Half)X(1)),
            _ => BitConverter.SingleToUInt32Bits(X(3)),
        };
    }

    private static double ErrorOfApproximations(uint[] input, uint[] got)
    {
        double worst = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            double x = Float(input, lane, 0), y = Float(input, lane, 1), z = Float(input, lane, 2);
            double[] right = [Math.Pow(2, x), 1 / Math.Sqrt(y), (x * y) + z, 1 / y];
            for (int i = 0; i < right.Length; i++)
            {
                double error = Math.Abs((Float(got, lane, i) / right[i]) - 1);
                worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error);
            }
        }

        return worst;
    }

    private static Func<uint[], uint[], double> Exactly(Func<uint[], int, int, uint> word, int blocks) => (input, got) =>
    {
        int wrong = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            for (int i = 0; i < blocks * WordsOfLane; i++)
            {
                uint found = got[(i / WordsOfLane * WordsOfBlock) + (lane * WordsOfLane) + (i % WordsOfLane)];
                if (found != word(input, lane, i)) wrong++;
            }
        }

        return (double)wrong / (Lanes * blocks * WordsOfLane);
    };

    private static InstructionTrial Of(
        string name, string kernel, int sm, uint[] input, Func<uint[], uint[], double> error, double allowed = 0) =>
        Of(name, kernel, sm, input, got => error(input, got), allowed);

    private static InstructionTrial Of(string name, string kernel, int sm, uint[] input, Func<uint[], double> error, double allowed) =>
        new(name, typeof(InstructionKernels).GetMethod(kernel)!, sm, input, error, allowed);

    /// <summary>Words of which no two are the same, nor any two of their halves.</summary>
    private static uint[] Words(int blocks)
    {
        uint[] words = new uint[Blocks * WordsOfBlock];
        for (uint i = 0; i < blocks * WordsOfBlock; i++) words[i] = (2 * i) + 0x4001 | (((2 * i) + 0x4002) << 16);
        return words;
    }

    /// <summary>Numbers of a range, and of a size that narrow types hardly hold.</summary>
    private static uint[] Floats(double least, double most, double tiny)
    {
        uint[] words = new uint[Blocks * WordsOfBlock];
        for (int i = 0; i < WordsOfBlock; i++)
        {
            double value = tiny > 0 && i % 3 == 0
                ? Random.NextDouble() * tiny * Math.Pow(10, i % 7)
                : least + (Random.NextDouble() * (most - least));
            words[i] = BitConverter.SingleToUInt32Bits((float)value);
        }

        return words;
    }

    private static float Cut(float value) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xffffe000);

    private static float Float(uint[] words, int lane, int i) => BitConverter.UInt32BitsToSingle(words[(lane * WordsOfLane) + i]);

    private static double Draw() => Random.Next(-255, 256) / 64.0;
}
