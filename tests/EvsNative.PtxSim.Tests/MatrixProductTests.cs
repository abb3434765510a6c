using System.Runtime.InteropServices;

namespace EvsNative.PtxSim.Tests;

/// <summary>
/// <c>mma</c> in all its shapes, its fragments laid out as the manual's pictures have them ("Matrix Fragments for mma"): an index i of an
/// element of a lane and the row and column that it has.
/// </summary>
public sealed class MatrixProductTests
{
    private const int Rows = 16, Columns = 8;

    private static readonly Dictionary<(string, int), Layout> Layouts = new()
    {
        [("f16", 16)] = new(
            (g, q, i) => (g + (i is 2 or 3 or 6 or 7 ? 8 : 0), (q * 2) + (i & 1) + (i >= 4 ? 8 : 0)),
            (g, q, i) => ((q * 2) + (i & 1) + (i >= 2 ? 8 : 0), g)),
        [("f16", 8)] = new((g, q, i) => (g + (i >= 2 ? 8 : 0), (q * 2) + (i & 1)), (g, q, i) => ((q * 2) + i, g)),
        [("tf32", 8)] = new((g, q, i) => (g + (i is 1 or 3 ? 8 : 0), q + (i >= 2 ? 4 : 0)), (g, q, i) => (q + (i * 4), g)),
        [("tf32", 4)] = new((g, q, i) => (g + (i * 8), q), (g, q, _) => (q, g)),
    };

    [Theory]
    [InlineData(16, "f16", "f32")]
    [InlineData(8, "f16", "f32")]
    [InlineData(16, "f16", "f16")]
    [InlineData(8, "f16", "f16")]
    [InlineData(16, "bf16", "f32")]
    [InlineData(8, "bf16", "f32")]
    [InlineData(8, "tf32", "f32")]
    [InlineData(4, "tf32", "f32")]
    public void A_product_of_fragments_is_the_product_of_the_matrices(int depth, string type, string sums)
    {
        // Small multiples of a power of two: all types hold them, and their sums, exactly.
        var random = new Random(depth);
        float[] a = Draw(Rows * depth), b = Draw(depth * Columns), c = Draw(Rows * Columns);
        float[] d = Product(depth, type, sums, a, b, c, lowBits: 0);
        for (int i = 0; i < d.Length; i++)
        {
            double wanted = c[i];
            for (int k = 0; k < depth; k++) wanted += (double)a[(i / Columns * depth) + k] * b[(k * Columns) + (i % Columns)];
            Assert.Equal(wanted, d[i]);
        }

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(-8, 9) / 8f)];
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void Of_tf32_the_lower_13_bits_do_not_count(int depth)
    {
        float[] a = [.. Enumerable.Range(0, Rows * depth).Select(i => 1 + (i / 1024f))];
        float[] b = [.. Enumerable.Range(0, depth * Columns).Select(i => 1 - (i / 1024f))];
        float[] c = new float[Rows * Columns];
        Assert.Equal(Product(depth, "tf32", "f32", a, b, c, lowBits: 0), Product(depth, "tf32", "f32", a, b, c, lowBits: 0x1fff));
    }

    [Fact]
    public void Every_half_counts_for_what_it_is()
    {
        // Each a is multiplied by one, once: the column of its k.
        for (int first = 0; first < 65536; first += Rows * Columns)
        {
            float[] a = [.. Enumerable.Range(0, Rows * 8).Select(i => (float)BitConverter.UInt16BitsToHalf((ushort)(first + i)))];
            if (a.Any(value => !float.IsFinite(value))) continue;
            float[] one = [.. Enumerable.Range(0, 64).Select(i => i / 8 == i % 8 ? 1f : 0)];
            Assert.Equal(a, Product(8, "f16", "f32", a, one, new float[Rows * Columns], lowBits: 0));
        }
    }

    [Fact]
    public void What_is_not_finite_stays_so()
    {
        float[] values = [float.PositiveInfinity, float.NegativeInfinity, float.NaN, 65504];
        foreach (string sums in (string[])["f32", "f16"])
        {
            float[] a = new float[Rows * 8], b = new float[64];
            for (int i = 0; i < values.Length; i++) a[i * 8] = values[i];
            for (int i = 0; i < Columns; i++) b[i] = 2;
            float[] d = Product(8, "f16", sums, a, b, new float[Rows * Columns], lowBits: 0);
            float largest = sums == "f32" ? 2 * 65504 : float.PositiveInfinity;
            Assert.Equal([values[0], values[1], values[2], largest, 0], [d[0], d[8], d[16], d[24], d[32]]);
        }
    }

    [Theory]
    [InlineData("m16n8k16.row.col.f32.tf32.tf32.f32 {%f1, %f2, %f3, %f4}, {%r1, %r2, %r3, %r4}, {%r5, %r6}, {%f1, %f2, %f3, %f4}")]
    [InlineData("m16n8k8.row.col.f16.bf16.bf16.f16 {%r7, %r8}, {%r1, %r2}, {%r5}, {%r7, %r8}")]
    [InlineData("m16n8k4.row.col.f32.f16.f16.f32 {%f1, %f2, %f3, %f4}, {%r1}, {%r5}, {%f1, %f2, %f3, %f4}")]
    [InlineData("m16n8k16.row.col.f32.f16.f16.f32 {%f1, %f2, %f3, %f4}, {%r1, %r2}, {%r5, %r6}, {%f1, %f2, %f3, %f4}")]
    [InlineData("m16n8k16.row.row.f32.f16.f16.f32 {%f1, %f2, %f3, %f4}, {%r1, %r2, %r3, %r4}, {%r5, %r6}, {%f1, %f2, %f3, %f4}")]
    [InlineData("m16n8k16.row.col.f32.f16.f16.f16 {%f1, %f2, %f3, %f4}, {%r1, %r2, %r3, %r4}, {%r5, %r6}, {%r7, %r8}")]
    public void Products_that_there_are_not_are_refused(string line) =>
        Assert.Throws<PtxSyntaxException>(() => Kernel.Parse($"mma.sync.aligned.{line};"));

    [Fact]
    public void All_lanes_multiply_together()
    {
        var (report, _) = Kernel.Run("""
            mov.u32 %r1, 0; mov.f32 %f1, 0f00000000; setp.lt.u32 %p1, %t, 31;
            @%p1 mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%f1, %f1, %f1, %f1}, {%r1, %r1}, {%r1}, {%f1, %f1, %f1, %f1};
            """, 32);
        Assert.Equal(PtxFault.BarrierDivergence, report.Findings[0].Kind);
    }

    /// <summary>One instruction: A row by row, B row by row, C row by row; D comes so, too.</summary>
    private static float[] Product(int depth, string type, string sums, float[] a, float[] b, float[] c, uint lowBits)
    {
        bool isTf32 = type == "tf32", hasHalfSums = sums == "f16";
        var layout = Layouts[(isTf32 ? type : "f16", depth)];
        int perRegister = isTf32 ? 1 : 2, left = depth / (2 * perRegister), right = depth / (4 * perRegister), third = hasHalfSums ? 2 : 4;
        var words = new List<uint>();
        for (int lane = 0; lane < 32; lane++)
        {
            int g = lane / 4, q = lane % 4;
            uint[] l = [.. Registers(left, type, perRegister, i => At(a, depth, layout.Left(g, q, i)))];
            uint[] r = [.. Registers(right, type, perRegister, i => At(b, Columns, layout.Right(g, q, i)))];
            uint[] t = [.. Registers(third, sums, hasHalfSums ? 2 : 1, i => At(c, Columns, Sum(g, q, i)))];
            words.AddRange([.. l, .. new uint[4 - left], .. r, .. new uint[2 - right], .. t, .. new uint[4 - third]]);
        }

        string d = Names(7, third);
        var (report, output) = Kernel.Run($$"""
            mul.wide.u32 %d1, %t, 40; add.u64 %d1, %in, %d1;
            ld.global.v2.b32 {%r1, %r2}, [%d1]; ld.global.v2.b32 {%r3, %r4}, [%d1+8]; ld.global.v2.b32 {%r5, %r6}, [%d1+16];
            ld.global.v2.b32 {%r7, %r8}, [%d1+24]; ld.global.v2.b32 {%r9, %r10}, [%d1+32];
            mma.sync.aligned.m16n8k{{depth}}.row.col.{{sums}}.{{type}}.{{type}}.{{sums}}
                {{d}}, {{Names(1, left)}}, {{Names(5, right)}}, {{d}};
            mul.wide.u32 %d2, %t, 16; add.u64 %d2, %out, %d2; st.global.v4.b32 [%d2], {%r7, %r8, %r9, %r10};
            """, 32, CollectionsMarshal.AsSpan(words));
        Assert.True(report.Count == 0, report.ToString());
        float[] result = new float[Rows * Columns];
        for (int i = 0; i < 128; i++)
        {
            var (row, column) = Sum(i / 16, i / 4 % 4, i % 4);
            uint word = output[(i / 4 * 4) + (hasHalfSums ? i % 4 / 2 : i % 4)];
            result[(row * Columns) + column] =
                hasHalfSums ? (float)BitConverter.UInt16BitsToHalf((ushort)(word >> (i % 2 * 16))) : Kernel.Float(word);
        }

        return result;

        IEnumerable<uint> Registers(int count, string held, int each, Func<int, float> element) => Enumerable.Range(0, count)
            .Select(r => each == 1 ? Bits(element(r), held) : Bits(element(2 * r), held) | (Bits(element((2 * r) + 1), held) << 16));

        uint Bits(float value, string held) => held switch
        {
            "f16" => BitConverter.HalfToUInt16Bits((Half)value),
            "bf16" => Kernel.Word(value) >> 16,
            "tf32" => Kernel.Word(value) | lowBits,
            _ => Kernel.Word(value),
        };
    }

    private static (int Row, int Column) Sum(int g, int q, int i) => (g + (i >= 2 ? 8 : 0), (q * 2) + (i & 1));

    private static float At(float[] matrix, int columns, (int Row, int Column) place) => matrix[(place.Row * columns) + place.Column];

    private static string Names(int first, int count) => $"{{{string.Join(", ", Enumerable.Range(first, count).Select(r => $"%r{r}"))}}}";

    private sealed record Layout(Func<int, int, int, (int Row, int Column)> Left, Func<int, int, int, (int Row, int Column)> Right);
}
