using System.Reflection;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PtxLintTests
{
    private static readonly PtxTarget Target = PtxTarget.For(80);

    private static readonly Lazy<PtxKernel> Good = new(() => Compile(nameof(ExampleKernels.Product), typeof(ExampleKernels.Tile4x4)));

    // 8 steps of 4 x 4 multiply-adds; two barriers in a round.
    private static readonly PtxExpectations Expected = new(Target)
    {
        MultiplyAdds = PtxRange.Exactly(128),
        Barriers = PtxRange.Exactly(2),
        Instructions = new Dictionary<string, PtxRange> { ["ld.shared.f32"] = PtxRange.Exactly(64), ["st.global.f32"] = new(16, 16) },
    };

    [Fact]
    public void A_good_kernel_has_no_findings() => Assert.Empty(PtxLint.Check(Good.Value, Expected));

    [Theory]
    [InlineData("\tret;", "\tst.local.f32\t[%rd1], %f1;\n\tret;", "in .local memory")]
    [InlineData("\t.reg .pred", "\t.local .align 4 .b8 local0[16];\n\t.reg .pred", "in .local memory")]
    [InlineData("\tret;", "\tld.f32\t%f1, [%rd1];\n\tret;", "ld.f32 does not say in which memory")]
    [InlineData("\tret;", "\tst.v4.f32\t[%rd1], {%f1, %f2, %f3, %f4};\n\tret;", "st.v4.f32 does not say in which memory")]
    [InlineData("\tret;", "\t{\n\tcall.uni (%f1), sinf, (%f2);\n\t}\n\tret;", "sinf is called and not defined")]
    [InlineData("\tbra\tL0;", "\tbra.uni\tL0;", "a branch is called uniform")]
    [InlineData("\tret;", "\tcvt.f64.f32\t%fd1, %f1;\n\tret;", "cvt.f64.f32 is float64")]
    [InlineData("\tbra\tL0;", "\trem.s64\t%rd1, %rd2, %rd3;\n\tbra\tL0;", "rem.s64 divides 64 bits in a loop")]
    [InlineData("\tmul.f32", "\tsub.f32", "the largest block has 0 multiply-adds, not 128")]
    [InlineData("\tret;", "\tbar.sync\t0;\n\tret;", "there are 3 barriers, not 2")]
    [InlineData("\tret;", "\tld.shared.f32\t%f1, [%rd1];\n\tret;", "there are 65 ld.shared.f32, not 64")]
    [InlineData(".maxntid 64, 1, 1\n", "", "there is no '.maxntid 64, 1, 1'")]
    [InlineData(".maxntid 64,", ".maxntid 128,", "there is no '.maxntid 64, 1, 1'")]
    [InlineData(".target sm_80", ".target sm_86", "there is no '.target sm_80'")]
    [InlineData(".version 7.0", ".version 7.1", "there is no '.version 7.0'")]
    [InlineData("\tret;", "\tcp.async.cg.shared.global.L2::128B\t[%r1], [%rd1], 16;\n\tret;", "needs PTX 7.4 and sm_80, the text is 7.0")]
    [InlineData("\tret;", "\twgmma.fence.sync.aligned;\n\tret;", "needs PTX 8.0 and sm_90a")]
    [InlineData("ExampleKernels_Product_Tile4x4", "Kernel_17", "the entry is Kernel_17")]
    [InlineData("[p0", "[_args_4711", "names depend on what was compiled before", "b8 p0", "b8 _args_4711")]
    [InlineData("L1", "L_4711", "names depend on what was compiled before")]
    [InlineData("\tret;", "\tmov.b32\t%r\u00e91, 0;\n\tret;", "a character is not ASCII")]
    public void Each_fault_is_found(string good, string bad, string finding, string alsoGood = "\0", string alsoBad = "")
    {
        string text = Good.Value.Text.Replace(good, bad, StringComparison.Ordinal).Replace(alsoGood, alsoBad, StringComparison.Ordinal);
        Assert.NotEqual(Good.Value.Text, text);
        Assert.Contains(PtxLint.Check(Good.Value with { Text = text }, Expected), line => line.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_allowed_is_no_finding()
    {
        var lookup = Compile(nameof(ExampleKernels.Lookup));
        Assert.Single(PtxLint.Check(lookup, new PtxExpectations(Target)));
        Assert.Empty(PtxLint.Check(lookup, new PtxExpectations(Target) { AllowsLocal = true }));
        var doubles = Compile(nameof(ExampleKernels.Doubles));
        Assert.Equal(3, PtxLint.Check(doubles, new PtxExpectations(Target)).Count);
        string divided = Good.Value.Text.Replace("\tret;", "\trem.s64\t%rd1, %rd2, %rd3;\n\tret;", StringComparison.Ordinal);
        Assert.Empty(PtxLint.Check(Good.Value with { Text = divided }, Expected));
        Assert.Empty(PtxLint.Check(doubles, new PtxExpectations(Target) { AllowsDoubles = true }));
    }

    [Fact]
    public void Instructions_in_braces_count_too()
    {
        string text = PtxTexts.Kernel("{\n.reg .f64 %d;\nadd.f64 %d, %d, %d;\n}\nret;");
        var kernel = new PtxKernel("kernel", "kernel", text, 32, Target);
        Assert.Contains(PtxLint.Facts(kernel), fact => fact is { Opcode: "add.f64", Count: 1 });
    }

    private static PtxKernel Compile(string name, params Type[] policies)
    {
        var method = typeof(ExampleKernels).GetMethod(name, BindingFlags.Static | BindingFlags.Public)!;
        using var compiler = new PtxCompiler(Target);
        return compiler.Compile(policies.Length > 0 ? method.MakeGenericMethod(policies) : method, ExampleKernels.GroupSize);
    }
}
