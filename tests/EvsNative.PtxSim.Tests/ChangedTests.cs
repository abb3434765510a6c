namespace EvsNative.PtxSim.Tests;

/// <summary>A kernel with another statement in one of its lines, without parsing all of it again.</summary>
public sealed class ChangedTests
{
    private const string Body = """
        mov.b32 %r1, 7;
        setp.eq.s32 %p1, %r1, 7;
        @%p1 bra END;
        mov.b32 %r1, 1;
        END: st.global.b32 [%d1], %r1;
        ret; ret;
        """;

    [Theory]
    [InlineData("mov.b32 %r1, 7;", "mov.b32 %r1, 123", 1)]
    [InlineData("setp.eq", "setp.ne.s32 %p1, %r1, 7", 1)]
    [InlineData("@%p1 bra", "@!%p1 bra END", 1)]
    [InlineData("mov.b32 %r1, 7;", "mov.b32 %r1, %laneid", 1)]
    public void It_does_what_the_whole_text_does(string line, string statement, int wanted)
    {
        string text = Text();
        string[] lines = text.Split('\n');
        int at = Array.FindIndex(lines, one => one.Contains(line, StringComparison.Ordinal));
        var entry = PtxModule.Parse(text).Entries[0];
        Assert.Equal(7, Run(entry));
        Assert.Equal(wanted, Run(entry.Changed(at + 1, statement)!));
        lines[at] = $"{statement};";
        Assert.Equal(wanted, Run(PtxModule.Parse(string.Join('\n', lines)).Entries[0]));
        Assert.Equal(7, Run(entry));
    }

    [Fact]
    public void What_is_no_line_of_one_statement_is_not_changed_and_what_is_not_understood_is_refused()
    {
        string[] lines = Text().Split('\n');
        var entry = PtxModule.Parse(Text()).Entries[0];
        Assert.Null(entry.Changed(Array.FindIndex(lines, line => line.Contains("ret; ret", StringComparison.Ordinal)) + 1, "ret"));
        Assert.Null(entry.Changed(1, "ret"));
        int at = Array.FindIndex(lines, line => line.Contains("setp", StringComparison.Ordinal)) + 1;
        Assert.Throws<PtxSyntaxException>(() => entry.Changed(at, "setp.eq.s32 %p1, %r99, 7"));
    }

    private static string Text() => $$"""
        .version 8.4
        .target sm_80
        .address_size 64
        .visible .entry changed(.param .b64 to)
        {
        .reg .pred %p<2>;
        .reg .b32 %r<2>;
        .reg .b64 %d<2>;
        ld.param.b64 %d1, [to];
        cvta.to.global.u64 %d1, %d1;
        {{Body}}
        }
        """;

    private static int Run(PtxEntry entry)
    {
        using var memory = new PtxMemory();
        ulong to = memory.Allocate(4);
        var report = new PtxMachine(memory).Launch(entry, (1, 1, 1), (1, 1, 1), 0, BitConverter.GetBytes(to));
        Assert.True(report.Count == 0, report.ToString());
        byte[] result = new byte[4];
        memory.Read(to, result);
        return BitConverter.ToInt32(result);
    }
}
