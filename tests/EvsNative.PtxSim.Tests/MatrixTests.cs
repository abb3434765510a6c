using System.Runtime.InteropServices;

namespace EvsNative.PtxSim.Tests;

/// <summary>Tensor-core instructions and asynchronous copies.</summary>
public sealed class MatrixTests
{
    [Theory]
    [InlineData(16, "f16")]
    [InlineData(16, "bf16")]
    [InlineData(8, "f16")]
    public void A_product_of_fragments_is_the_product_of_the_matrices(int depth, string type)
    {
        var random = new Random(depth);
        float[] a = Draw(16 * depth), b = Draw(depth * 8), c = Draw(16 * 8);
        var words = new List<uint>();
        for (int lane = 0; lane < 32; lane++)
        {
            int group = lane / 4, place = lane % 4 * 2;
            for (int r = 0; r < depth / 4; r++)
            {
                int row = group + (r % 2 * 8), column = place + (r / 2 * 8);
                words.Add(Pair(a[(row * depth) + column], a[(row * depth) + column + 1]));
            }

            while (words.Count % 10 < 4) words.Add(0);
            for (int r = 0; r < depth / 8; r++) words.Add(Pair(b[((place + (r * 8)) * 8) + group], b[((place + (r * 8) + 1) * 8) + group]));
            while (words.Count % 10 < 6) words.Add(0);
            for (int r = 0; r < 4; r++) words.Add(Kernel.Word(c[((group + (r / 2 * 8)) * 8) + place + (r % 2)]));
        }

        string left = depth == 16 ? "{%r1, %r2, %r3, %r4}" : "{%r1, %r2}", right = depth == 16 ? "{%r5, %r6}" : "{%r5}";
        var (report, output) = Kernel.Run($$"""
            mul.wide.u32 %d1, %t, 40; add.u64 %d1, %in, %d1;
            ld.global.v2.b32 {%r1, %r2}, [%d1]; ld.global.v2.b32 {%r3, %r4}, [%d1+8]; ld.global.v2.b32 {%r5, %r6}, [%d1+16];
            ld.global.v2.f32 {%f1, %f2}, [%d1+24]; ld.global.v2.f32 {%f3, %f4}, [%d1+32];
            mma.sync.aligned.m16n8k{{depth}}.row.col.f32.{{type}}.{{type}}.f32 {%f1, %f2, %f3, %f4}, {{left}}, {{right}},
                {%f1, %f2, %f3, %f4};
            mul.wide.u32 %d2, %t, 16; add.u64 %d2, %out, %d2; st.global.v4.f32 [%d2], {%f1, %f2, %f3, %f4};
            """, 32, CollectionsMarshal.AsSpan(words));
        Assert.True(report.Count == 0, report.ToString());
        for (int row = 0; row < 16; row++)
        {
            for (int column = 0; column < 8; column++)
            {
                double wanted = c[(row * 8) + column];
                for (int k = 0; k < depth; k++) wanted += (double)a[(row * depth) + k] * b[(k * 8) + column];
                int lane = (row % 8 * 4) + (column / 2), register = (row / 8 * 2) + (column % 2);
                Assert.Equal(wanted, Kernel.Float(output[(lane * 4) + register]), 1e-5);
            }
        }

        // Small multiples of a power of two: both types hold them exactly.
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(-8, 9) / 8f)];

        uint Pair(float low, float high) => Sixteen(low) | (Sixteen(high) << 16);

        uint Sixteen(float value) => type == "bf16" ? Kernel.Word(value) >> 16 : BitConverter.HalfToUInt16Bits((Half)value);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public void Matrices_are_loaded_row_by_row_or_transposed(int count, bool isTransposed)
    {
        // Value i of the memory is i; each row of 8 values is 16 bytes.
        string registers = string.Join(", ", Enumerable.Range(4, count).Select(r => $"%r{r}"));
        string stores = string.Concat(Enumerable.Range(0, count).Select(i => $"st.global.b32 [%d3+{i * 128}], %r{4 + i};\n"));
        var (report, output) = Kernel.Run($$"""
            mul.lo.u32 %r1, %t, 16; mov.u32 %r2, tile; add.u32 %r1, %r1, %r2;
            mul.lo.u32 %r3, %t, 8; mul.lo.u32 %r3, %r3, 65537; add.u32 %r3, %r3, 65536;
            st.shared.b32 [%r1], %r3; add.u32 %r3, %r3, 131074; st.shared.b32 [%r1+4], %r3;
            add.u32 %r3, %r3, 131074; st.shared.b32 [%r1+8], %r3; add.u32 %r3, %r3, 131074; st.shared.b32 [%r1+12], %r3;
            bar.sync 0;
            ldmatrix.sync.aligned.m8n8.x{{count}}{{(isTransposed ? ".trans" : "")}}.shared.b16 { {{registers}} }, [%r1];
            add.u64 %d3, %out, %mine;
            {{stores}}
            """, 32, declarations: ".shared .align 16 .b8 tile[512];");
        Assert.True(report.Count == 0, report.ToString());
        for (int matrix = 0; matrix < count; matrix++)
        {
            for (int lane = 0; lane < 32; lane++)
            {
                int row = lane / 4, column = lane % 4 * 2;
                int first = isTransposed ? (column * 8) + row : (row * 8) + column, second = isTransposed ? first + 8 : first + 1;
                Assert.Equal((uint)((matrix * 64) + first) | ((uint)((matrix * 64) + second) << 16), output[(matrix * 32) + lane]);
            }
        }
    }

    [Theory]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r1, %r2, %r3, %r4}, [%r5+8];", PtxFault.Misaligned)]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r1, %r2, %r3, %r4}, [%r5+16];", PtxFault.OutOfBounds)]
    [InlineData("st.shared.b32 [%r5], %t; ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%r1}, [%r6];", PtxFault.SharedRace)]
    [InlineData("setp.lt.u32 %p1, %t, 31; @%p1 ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r1}, [%r5];", PtxFault.BarrierDivergence)]
    public void Wrong_loads_of_matrices_are_found(string body, PtxFault wanted)
    {
        const string Fill =
            "mul.lo.u32 %r5, %t, 16; mov.u32 %r6, tile; add.u32 %r5, %r5, %r6; st.shared.v4.b32 [%r5], {%t, %t, %t, %t}; bar.sync 0; ";
        var (report, _) = Kernel.Run(Fill + body, 32, declarations: ".shared .align 16 .b8 tile[512];");
        Assert.Equal(wanted, report.Findings[0].Kind);
    }

    [Theory]
    [InlineData("cp.async.wait_group 0;", true, null)]
    [InlineData("cp.async.wait_all;", true, null)]
    [InlineData("cp.async.wait_group 1;", true, PtxFault.SharedRace)]
    [InlineData("", true, PtxFault.SharedRace)]
    [InlineData("cp.async.wait_group 0;", false, PtxFault.SharedRace)]
    public void Asynchronous_copies_are_there_when_they_were_waited_for(string wait, bool hasBarrier, PtxFault? wanted)
    {
        uint[] input = [.. Enumerable.Range(0, 128).Select(i => (uint)i)];
        var (report, output) = Kernel.Run($$"""
            mov.u32 %r1, tile; mul.lo.u32 %r2, %t, 16; add.u32 %r2, %r1, %r2;
            mul.wide.u32 %d1, %t, 16; add.u64 %d1, %in, %d1;
            cp.async.cg.shared.global [%r2], [%d1], 16;
            cp.async.commit_group;
            {{wait}}
            {{(hasBarrier ? "bar.sync 0;" : "")}}
            xor.b32 %r3, %t, 1; mul.lo.u32 %r3, %r3, 16; add.u32 %r3, %r1, %r3;
            ld.shared.b32 %r4, [%r3];
            add.u64 %d2, %out, %mine; st.global.b32 [%d2], %r4;
            """, 32, input, declarations: ".shared .align 16 .b8 tile[512];");
        Assert.Equal(wanted is { } kind ? [kind] : [], report.Findings.Select(finding => finding.Kind).Distinct());
        if (wanted is null) Assert.Equal(Enumerable.Range(0, 32).Select(t => (uint)(t ^ 1) * 4), output[..32]);
        if (wanted is not null && hasBarrier) Assert.All(output[..32], word => Assert.Equal(uint.MaxValue, word));
    }

    [Fact]
    public void A_short_asynchronous_copy_is_filled_up_with_zeros_and_reads_no_more()
    {
        var (report, output) = Kernel.Run("""
            mov.u32 %r1, tile;
            cp.async.ca.shared.global [%r1], [%in], 16, 8;
            cp.async.ca.shared.global.L2::128B [%r1+16], [%in+4], 4;
            mov.u32 %r2, 0;
            cp.async.cg.shared.global [%r1+32], [%in+4096], 16, %r2;
            cp.async.wait_all;
            ld.shared.v4.b32 {%r3, %r4, %r5, %r6}, [%r1];
            ld.shared.b32 %r7, [%r1+16];
            ld.shared.v2.b32 {%r8, %r9}, [%r1+40];
            st.global.v4.b32 [%out], {%r3, %r4, %r5, %r6};
            st.global.v2.b32 [%out+16], {%r7, %r8};
            """, 1, [7, 8], declarations: ".shared .align 16 .b8 tile[48];");
        Assert.True(report.Count == 0, report.ToString());
        Assert.Equal([7u, 8u, 0u, 0u, 8u, 0u], output[..6]);
    }

    [Fact]
    public void What_is_copied_is_there_only_after_the_wait_of_its_group()
    {
        var (report, output) = Kernel.Run("""
            mov.u32 %r1, tile;
            cp.async.ca.shared.global [%r1], [%in], 4;
            cp.async.commit_group;
            cp.async.ca.shared.global [%r1+4], [%in+4], 4;
            cp.async.commit_group;
            cp.async.wait_group 1;
            ld.shared.b32 %r2, [%r1];
            st.global.b32 [%out], %r2;
            cp.async.wait_group 0;
            ld.shared.b32 %r2, [%r1+4];
            st.global.b32 [%out+4], %r2;
            """, 1, [7, 8], declarations: ".shared .align 16 .b8 tile[8];");
        Assert.True(report.Count == 0, report.ToString());
        Assert.Equal([7u, 8u], output[..2]);
    }
}
