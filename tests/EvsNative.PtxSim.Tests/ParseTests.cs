namespace EvsNative.PtxSim.Tests;

public sealed class ParseTests
{
    [Fact]
    public void A_module_says_what_it_declares()
    {
        var module = PtxModule.Parse("""
            // a comment with { and ;
            .version 8.4
            .target sm_90a
            .address_size 64
            .extern .shared .align 1024 .b8 dynamic[];
            .shared .align 8 .b8 common[24];
            .visible .func (.param .b32 result) stub(.param .b32 x) ;
            .visible .func (.param .b32 result) whole(.param .b32 x) { .reg .b32 %r; unknown.b32 %r; { } }
            .visible .entry first(.param .align 8 .b8 views[40], .param .b32 n, .param .u64 .ptr .global .align 16 p)
            .maxntid 32, 4, 1
            .minnctapersm 2
            {
                .shared .align 16 .b8 tile[100];
                .local .align 8 .b8 depot[12];
                .reg .b32 %r<3>; /* a comment
                over two lines */
                mov.b32 %r0, 1; mov.b32 %r1, 2;
                ret;
            }
            .entry second() { }
            """);
        Assert.Equal(("8.4", "sm_90a"), (module.Version, module.Target));
        Assert.Equal(["first", "second"], module.Entries.Select(entry => entry.Name));
        var first = module.Entry("first");
        Assert.Equal([(0, 40, 8), (40, 4, 4), (48, 8, 8)],
            first.Parameters.Select(parameter => (parameter.Offset, parameter.Bytes, parameter.Alignment)));
        Assert.Equal((56, 128, 132, 12), (first.ParameterBytes, first.MaxThreads, first.StaticSharedBytes, first.LocalBytes));
        Assert.Equal(2, first.OpcodeCounts["mov.b32"]);
        Assert.Equal(["mov.b32 %r0, 1", "mov.b32 %r1, 2", "ret"], first.Instructions.Select(instruction => instruction.Text));
        Assert.Equal([17, 17, 18], first.Instructions.Select(instruction => instruction.Line));
        Assert.Equal(0, module.Entry("second").ParameterBytes);
        Assert.Throws<KeyNotFoundException>(() => module.Entry("third"));
    }

    [Theory]
    [InlineData("wgmma.fence.sync.aligned;", "opcode wgmma.fence.sync.aligned")]
    [InlineData("call.uni f;", "opcode call.uni")]
    [InlineData("add.rz.f32 %f1, %f2, %f3;", "modifier .rz")]
    [InlineData("add.b32 %r1, %r2, %r3;", "opcode add.b32")]
    [InlineData("add.s32 %r1, %r2;", "number of operands")]
    [InlineData("add.s32 %r1, %r2, %r3, %r4;", "number of operands")]
    [InlineData("add.s32 %r1, %r2, %r99;", "%r99 is not declared")]
    [InlineData("add.s32 1, %r2, %r3;", "add.s32 1, %r2, %r3")]
    [InlineData("cvt.s32.f32 %r1, %f1;", "rounding")]
    [InlineData("bra NOWHERE;", "no label NOWHERE")]
    [InlineData("ld.global.v2.b64 %d1, [%in];", "ld.global.v2.b64")]
    [InlineData("ld.global.v4.b64 {%d1, %d2, %d3, %d4}, [%in];", "ld.global.v4.b64")]
    [InlineData("ld.param.u64 %d1, [other];", "ld.param.u64")]
    [InlineData("bar.sync %r1;", "bar.sync")]
    [InlineData("bar.sync 1, 64;", "number of operands")]
    [InlineData("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%f1}, {%f2}, {%f3}, {%f4};", "mma.sync")]
    [InlineData("@%p77 mov.b32 %r1, 1;", "guard")]
    [InlineData("mov.b32 %r1, 0x1G;", "0x1G")]
    [InlineData("mov.b32 %r1 %r2;", "%r1 %r2")]
    [InlineData(".const .b32 %r1;", ".const")]
    public void What_is_not_understood_is_refused_with_its_line_and_its_name(string body, string named)
    {
        string text = Kernel.Text("\n" + body);
        int line = text[..text.IndexOf(body, StringComparison.Ordinal)].Count(c => c == '\n') + 1;
        var error = Assert.Throws<PtxSyntaxException>(() => PtxModule.Parse(text));
        Assert.Equal(line, error.Line);
        Assert.StartsWith($"line {line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".version 8.4")]
    [InlineData(".version 8.4\n.target sm_80\n.address_size 32")]
    [InlineData(".version 8.4\n.target sm_80\n.visible .entry k( { ret; }")]
    [InlineData(".version 8.4\n.target sm_80\n.visible .entry k() { ret;")]
    [InlineData(".version 8.4\n.target sm_80\n.visible .entry k() { ret }")]
    [InlineData(".version 8.4\n.target sm_80\nnonsense")]
    public void Text_that_is_no_module_is_refused(string text) => Assert.Throws<PtxSyntaxException>(() => PtxModule.Parse(text));

    [Theory]
    [InlineData("cp.async.wait_all;", "7.0", "sm_80", "6.5", "sm_75")]
    [InlineData("cp.async.cg.shared.global [%r], [%d], 16;", "7.0", "sm_80", "6.5", "sm_75")]
    [InlineData("cp.async.cg.shared.global.L2::128B [%r], [%d], 16;", "7.4", "sm_80", "7.3", "sm_75")]
    [InlineData("ld.global.nc.L1::no_allocate.f32 %f, [%d];", "7.4", "sm_70", "7.3", "sm_60")]
    [InlineData("st.global.L1::no_allocate.f32 [%d], %f;", "7.4", "sm_70", "7.3", "sm_60")]
    [InlineData("ld.global.nc.L2::256B.v4.f32 {%f, %f, %f, %f}, [%d];", "7.4", "sm_80", "7.3", "sm_75")]
    [InlineData("ld.global.nc.v4.f32 {%f, %f, %f, %f}, [%d];", "6.0", "sm_60", null, null)]
    [InlineData("shfl.sync.bfly.b32 %r, %r, 1, 31, -1;", "6.0", "sm_60", null, null)]
    [InlineData("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%f, %f, %f, %f}, {%r, %r}, {%r}, {%f, %f, %f, %f};", "6.5", "sm_75",
        "6.4", "sm_70")]
    [InlineData("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {%r, %r}, {%r, %r, %r, %r}, {%r, %r}, {%r, %r};", "7.0", "sm_80",
        "6.5", "sm_75")]
    [InlineData("mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 {%f, %f, %f, %f}, {%r, %r}, {%r}, {%f, %f, %f, %f};", "7.0", "sm_80",
        "6.5", "sm_75")]
    [InlineData("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%f, %f, %f, %f}, {%r, %r, %r, %r}, {%r, %r}, {%f, %f, %f, %f};", "7.0",
        "sm_80", "6.5", "sm_75")]
    [InlineData("mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32 {%f, %f, %f, %f}, {%r, %r}, {%r}, {%f, %f, %f, %f};", "7.0", "sm_80",
        "6.5", "sm_75")]
    [InlineData("cvt.rna.tf32.f32 %r, %f;", "7.0", "sm_80", "6.5", "sm_75")]
    [InlineData("cvt.rn.f16x2.f32 %r, %f, %f;", "7.0", "sm_80", "6.5", "sm_75")]
    [InlineData("max.NaN.f32 %f, %f, %f;", "7.0", "sm_80", "6.5", "sm_75")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r}, [%r];", "6.5", "sm_75", "6.4", "sm_70")]
    [InlineData("add.f32 %f, %f, %f;", "6.0", "sm_60", null, null)]
    public void What_version_or_target_do_not_know_is_refused(string line, string version, string target, string? older, string? before)
    {
        Parse(version, target);
        Parse("8.4", "sm_90a");
        if (older is null || before is null) return;
        Assert.Contains($"needs PTX {version} and {target}", Refusal(older, target), StringComparison.Ordinal);
        Assert.Contains($"the text is {version} for {before}", Refusal(version, before), StringComparison.Ordinal);

        string Refusal(string said, string architecture) => Assert.Throws<PtxSyntaxException>(() => Parse(said, architecture)).Message;
        void Parse(string said, string architecture) => PtxModule.Parse(
            $".version {said}\n.target {architecture}\n.visible .entry k() {{ .reg .b64 %d; .reg .b32 %r; .reg .f32 %f;\n{line}\nret; }}");
    }

    [Fact]
    public void Names_in_braces_hide_those_outside()
    {
        var (report, output) = Kernel.Run("""
            mov.b32 %r1, 1;
            {
                .reg .b32 %r1, own;
                mov.b32 %r1, 2;
                mov.b32 own, 3;
                add.u32 %r2, %r1, own;
                bra L;
                mov.b32 %r2, 99;
                L:
            }
            {
                .reg .b32 own;
                bra L;
                mov.b32 %r2, 98;
                L: mov.b32 own, 10;
                add.u32 %r2, %r2, own;
            }
            st.global.v2.b32 [%out], {%r1, %r2};
            """, 1);
        Assert.Equal(0, report.Count);
        Assert.Equal([1u, 15u], output[..2]);
    }

    [Fact]
    public void Parameters_lie_where_their_alignment_puts_them()
    {
        const string Text = """
            .version 8.4
            .target sm_80
            .address_size 64
            .visible .entry kernel(.param .align 8 .b8 views[48], .param .b8 flag, .param .align 8 .b8 pair[8], .param .f64 last)
            {
                .reg .b64 %d<5>; .reg .b32 %r<5>; .reg .f64 %x;
                ld.param.b64 %d1, [views+16];
                cvta.to.global.u64 %d2, %d1;
                ld.param.b32 %r1, [views+40];
                ld.param.u8 %r2, [flag];
                ld.param.v2.b32 {%r3, %r4}, [pair];
                ld.param.f64 %x, [last];
                st.global.v4.b32 [%d2], {%r1, %r2, %r3, %r4};
                st.global.f64 [%d2+16], %x;
                ret;
            }
            """;
        using var memory = new PtxMemory();
        ulong to = memory.Allocate(24);
        byte[] arguments = new byte[72];
        BitConverter.TryWriteBytes(arguments.AsSpan(16), to);
        BitConverter.TryWriteBytes(arguments.AsSpan(40), 77);
        arguments[48] = 200;
        BitConverter.TryWriteBytes(arguments.AsSpan(56), 5);
        BitConverter.TryWriteBytes(arguments.AsSpan(60), 6);
        BitConverter.TryWriteBytes(arguments.AsSpan(64), 2.5);
        var report = new PtxMachine(memory).Launch(PtxModule.Parse(Text).Entries[0], (1, 1, 1), (1, 1, 1), 0, arguments);
        Assert.True(report.Count == 0, report.ToString());
        byte[] output = new byte[24];
        memory.Read(to, output);
        Assert.Equal([77, 200, 5, 6], Enumerable.Range(0, 4).Select(i => BitConverter.ToInt32(output, i * 4)));
        Assert.Equal(2.5, BitConverter.ToDouble(output, 16));
    }
}
