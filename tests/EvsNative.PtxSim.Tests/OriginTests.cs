namespace EvsNative.PtxSim.Tests;

/// <summary>What lines of a kernel are about.</summary>
public sealed class OriginTests
{
    private const string Text = """
        .visible .entry k(.param .b64 p)
        {
        	.reg .pred %p<4>;
        	.reg .b32 %r<9>;
        	ld.param.b32 %r1, [p+72];
        	mov.b32 %r2, %tid.x;
        	and.b32 %r3, %r2, 31;
        	shl.b32 %r4, %r3, 2;
        	mov.b32 %r5, 0;
        	add.s32 %r5, %r4, 8;
        	setp.lt.s32 %p1, %r5, %r1;
        	@!%p1 bra END;
        	cvt.u64.u32 %r6, %r4;
        	st.shared.v2.b32 [%r6+16], {%r3, %r5};
        LOOP:
        	add.s32 %r7, %r7, 1;
        	bra LOOP;
        END:
        	ret;
        }
        """;

    [Theory]
    [InlineData(
        "and.b32",
        "and(%tid.x, 31) -> shl(and(%tid.x, 31), 2); "
        + "st.shared.v2([shl(and(..., 31), 2)+16], {and(%tid.x, 31), ~add(shl(and(..., 31), 2), 8)})")]
    [InlineData("setp", "setp.lt(~add(shl(and(%tid.x, 31), 2), 8), arg72) -> bra(END)")]
    [InlineData("@!%p1", "@setp.lt(~add(shl(and(%tid.x, 31), 2), 8), arg72) bra(END)")]
    [InlineData("add.s32 %r7", "add(~, 1) -> add(~, 1)")]
    [InlineData("END:", "")]
    public void Lines_are_said_without_the_names_of_registers(string line, string wanted)
    {
        string[] lines = Text.Split('\n');
        int at = Array.FindIndex(lines, text => text.TrimStart().StartsWith(line, StringComparison.Ordinal));
        Assert.Equal(wanted, new PtxOrigins(lines).Of(at));
    }

    [Fact]
    public void Bugs_that_stand_alike_have_one_place()
    {
        var all = PtxMutants.Of(Text).Where(mutant => mutant.Kind == "bit dropped").ToList();
        var renamed = PtxMutants.Of(Text.Replace("%r3", "%v30", StringComparison.Ordinal)).Where(mutant => mutant.Kind == "bit dropped");
        var moved = PtxMutants.Of(Text.Replace("%r3, 2", "%r3, 3", StringComparison.Ordinal)).Where(mutant => mutant.Kind == "bit dropped");
        Assert.Equal(Assert.Single(all).Place(2), Assert.Single(renamed).Place(2));
        Assert.NotEqual(all[0].Place(2), Assert.Single(moved).Place(2));
    }
}
