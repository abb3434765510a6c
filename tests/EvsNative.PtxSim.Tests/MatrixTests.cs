namespace EvsNative.PtxSim.Tests;

/// <summary>What feeds tensor cores: loads of matrices and asynchronous copies.</summary>
public sealed class MatrixTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
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

    [Theory]
    [InlineData("cg", 16, 16)]
    [InlineData("cg", 16, 0)]
    [InlineData("cg", 16, 6)]
    [InlineData("ca", 16, 16)]
    [InlineData("ca", 16, 12)]
    [InlineData("ca", 8, 8)]
    [InlineData("ca", 8, 3)]
    [InlineData("ca", 4, 4)]
    [InlineData("ca", 4, 2)]
    [InlineData("ca", 4, 0)]
    public void Copies_of_every_size_take_what_their_source_has_and_touch_nothing_else(string cache, int bytes, int count)
    {
        uint[] input = [0x11121314, 0x21222324, 0x31323334, 0x41424344];
        var (report, output) = Kernel.Run($$"""
            mov.u32 %r1, tile; mov.u32 %r2, {{count}}; mov.u32 %r3, 7;
            st.shared.v4.b32 [%r1], {%r3, %r3, %r3, %r3}; st.shared.v4.b32 [%r1+16], {%r3, %r3, %r3, %r3};
            cp.async.{{cache}}.shared.global [%r1+16], [%in], {{bytes}}, %r2;
            cp.async.wait_all;
            ld.shared.v4.b32 {%r4, %r5, %r6, %r7}, [%r1]; st.global.v4.b32 [%out], {%r4, %r5, %r6, %r7};
            ld.shared.v4.b32 {%r4, %r5, %r6, %r7}, [%r1+16]; st.global.v4.b32 [%out+16], {%r4, %r5, %r6, %r7};
            """, 1, input, declarations: ".shared .align 16 .b8 tile[32];");
        Assert.True(report.Count == 0, report.ToString());
        byte[] wanted = [.. input.SelectMany(BitConverter.GetBytes)];
        Array.Clear(wanted, count, bytes - count);
        for (int i = bytes / 4; i < 4; i++) BitConverter.TryWriteBytes(wanted.AsSpan(i * 4), 7);
        Assert.Equal([7u, 7u, 7u, 7u], output[..4]);
        Assert.Equal(wanted, output[4..8].SelectMany(BitConverter.GetBytes));
    }

    [Theory]
    [InlineData("cp.async.cg.shared.global [%r1], [%in], 8;")]
    [InlineData("cp.async.ca.shared.global [%r1], [%in], 2;")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x3.shared.b16 {%r1, %r2, %r3}, [%r4];")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%r1}, [%r4];")]
    public void Copies_and_loads_that_there_are_not_are_refused(string line) =>
        Assert.Throws<PtxSyntaxException>(() => Kernel.Parse(line));

    [Fact]
    public void Sixteen_bytes_go_through_registers_by_one_load_and_one_store()
    {
        uint[] input = [.. Enumerable.Range(0, 128).Select(i => (uint)i * 3)];
        var (report, output) = Kernel.Run("""
            mov.u32 %r1, tile; mul.lo.u32 %r2, %t, 16; add.u32 %r2, %r1, %r2; xor.b32 %r3, %t, 5; mul.lo.u32 %r3, %r3, 16;
            mul.wide.u32 %d1, %t, 16; add.u64 %d2, %in, %d1; add.u64 %d3, %out, %d1;
            ld.global.nc.v4.b32 {%r4, %r5, %r6, %r7}, [%d2];
            st.shared.v4.b32 [%r2], {%r7, %r6, %r5, %r4};
            bar.sync 0;
            add.u32 %r3, %r1, %r3; ld.shared.v4.f32 {%f1, %f2, %f3, %f4}, [%r3];
            st.global.v4.f32 [%d3], {%f4, %f3, %f2, %f1};
            """, 32, input, declarations: ".shared .align 16 .b8 tile[512];");
        Assert.True(report.Count == 0, report.ToString());
        Assert.Equal(Enumerable.Range(0, 128).Select(i => (uint)(i ^ 20) * 3), output[..128]);
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
