using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PtxPassTests
{
    private const string Functions =
        """
        .version 7.0
        .target sm_80
        .address_size 64

        .visible .func (.param .f32 retval_7) Stub_7(
        .param .f32 _x_9
        )
        ;

        .visible .func (.param .f32 retval_7) Stub_7(
        .param .f32 _x_9
        )
        {
        	st.param.f32	[retval_7], 0f00000000;
        	ret;
        }

        .visible .func Used_11()
        {
        	ret;
        }

        .visible .entry Kernel_X(
        .param .align 8 .b8 _args_17[16],
        .param .b32 _count_18
        )
        .maxntid 64, 1, 1
        {
        	.shared .align 4 .b8 __shared_alloca_5[16];
        	.reg .b32	%r<2>;
        	.reg .b64	%rd<2>;
        	ld.param.b64	%rd1, [_args_17+8];
        	{
        	call Used_11, ();
        	}
        	bra.uni	L_42;
        L_42:
        	mov.b64	%rd1, __shared_alloca_5;
        	ret;
        }

        """;

    [Fact]
    public void Functions_that_nobody_calls_go_and_others_stay()
    {
        string text = PtxPasses.DropStubs(Functions);
        Assert.DoesNotContain("Stub", text, StringComparison.Ordinal);
        Assert.Contains(".visible .func Used_11()\n{\n\tret;\n}\n", text, StringComparison.Ordinal);
        Assert.Equal(text, PtxPasses.DropStubs(text));
    }

    [Fact]
    public void No_branch_is_called_uniform()
    {
        string text = PtxPasses.DropUniform(Functions);
        Assert.Contains("\tbra\tL_42;", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".uni", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_do_not_depend_on_numbers_of_the_process()
    {
        string text = PtxPasses.Canonical(Functions, "Entry");
        Assert.Contains(".visible .entry Entry(\n.param .align 8 .b8 p0[16],\n.param .b32 p1\n)", text, StringComparison.Ordinal);
        Assert.Contains("[p0+8]", text, StringComparison.Ordinal);
        Assert.Contains("mov.b64\t%rd1, shared0;", text, StringComparison.Ordinal);
        Assert.Contains("L0:", text, StringComparison.Ordinal);
        Assert.Equal(text, PtxPasses.Canonical(text, "Entry"));
        string other = Functions;
        (string, string)[] numbers = [("_17", "_18123"), ("L_42", "L_9942"), ("_7", "_99"), ("_11", "_8"), ("alloca_5", "alloca_6")];
        foreach (var (old, number) in numbers)
            other = other.Replace(old, number, StringComparison.Ordinal);
        Assert.NotEqual(Functions, other);
        Assert.Equal(text, PtxPasses.Canonical(other, "Entry"));
    }

    [Fact]
    public void The_array_of_dynamic_size_keeps_its_name()
    {
        string text = Functions.Replace(".address_size 64", ".address_size 64\n.extern .shared .align 16 .b8 __dyn_shared_alloca[];",
            StringComparison.Ordinal);
        Assert.Contains("__dyn_shared_alloca[]", PtxPasses.Canonical(text, "Entry"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_target_is_written_over()
    {
        string text = PtxPasses.Retarget(Functions, new PtxTarget(120, 8, 7));
        Assert.StartsWith(".version 8.7\n.target sm_120\n", text, StringComparison.Ordinal);
        Assert.Equal(text, PtxPasses.Retarget(text, new PtxTarget(120, 8, 7)));
    }

    [Fact]
    public void Exact_quotients_and_roots_become_those_within_two_units_and_float64_stays()
    {
        string text =
            PtxTexts.Kernel("div.rn.f32 %f1, %f2, %f3;\nrcp.rn.f32 %f1, %f1;\nsqrt.rn.f32 %f1, %f1;\nsqrt.rn.f64 %fd1, %fd1;\nret;");
        string[] wanted =
            ["div.full.f32 %f1, %f2, %f3;", "rcp.approx.f32 %f1, %f1;", "sqrt.approx.f32 %f1, %f1;", "sqrt.rn.f64 %fd1, %fd1;", "ret;"];
        Assert.Equal(wanted, PtxTexts.Body(PtxPasses.Approximate(text)));
    }

    [Fact]
    public void Arithmetic_that_nobody_reads_goes_and_what_is_read_or_acts_stays()
    {
        string text = PtxTexts.Kernel(
            """
            mov.b32 %r1, 1;
            add.s32 %r2, %r1, 1;
            mov.b32 %r3, %r2;
            mov.b32 %r4, 4;
            mov.b32 %r4, 5;
            mov.b32 %r6, 1;
            @%p1 mov.b32 %r6, 2;
            L:
            add.s32 %r5, %r5, %r4;
            ld.global.f32 %f1, [%rd1];
            setp.lt.s32 %p2, %r5, %r6;
            setp.lt.s32 %p3, %r5, %r3;
            @%p2 bra L;
            ret;
            """);
        string[] wanted =
        [
            "mov.b32 %r4, 5;", "mov.b32 %r6, 1;", "@%p1 mov.b32 %r6, 2;", "L0:", "add.s32 %r5, %r5, %r4;", "ld.global.f32 %f1, [%rd1];",
            "setp.lt.s32 %p2, %r5, %r6;", "@%p2 bra L0;", "ret;",
        ];
        Assert.Equal(wanted, PtxTexts.Body(PtxPasses.Sweep(text)));
    }

    [Fact]
    public void A_finished_text_stays_what_it_is()
    {
        var target = new PtxTarget(90, 7, 8);
        string text = PtxPasses.Finish(Functions, target, "Entry");
        Assert.Equal(text, PtxPasses.Finish(text, target, "Entry"));
    }
}
