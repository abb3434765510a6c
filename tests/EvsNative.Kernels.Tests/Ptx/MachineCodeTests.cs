using EvsNative.MachineCode;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>The reader of machine code, on a text as the disassembler writes it.</summary>
public sealed class MachineCodeTests
{
    private const string Text =
        """
        		Function : kernel
        	.headerflags	@"EF_CUDA_TEXMODE_UNIFIED EF_CUDA_64BIT_ADDRESS EF_CUDA_SM80"
                /*0000*/                   IMAD.MOV.U32 R1, RZ, RZ, c[0x0][0x28] ;    /* 0x00000a00ff017624 */
                                                                                       /* 0x000fc400078e00ff */
                /*0010*/                   S2R R0, SR_TID.X ;
                /*0020*/                   ISETP.GE.AND P0, PT, R0, R2, PT ;
                /*0030*/                   BAR.SYNC.DEFER_BLOCKING 0x0 ;
                /*0040*/              @!P0 BRA 0x80 ;
                /*0050*/                   IABS R5, R0 ;
                /*0060*/                   LDS R9, [R5] ;
                /*0070*/                   IMAD.WIDE R6, R5, 0x10, R6 ;
                /*0080*/               @P1 BRA 0xa0 ;
                /*0090*/                   LDGSTS.E.BYPASS.128 [R7+0x800], desc[UR10][R6.64], P2 ;
                /*00a0*/                   LDSM.16.M88.4 R20, [R10] ;
                /*00b0*/                   HMMA.16816.F32 R12, R20, R22, R12 ;
                /*00c0*/                   MOV R3, R4 ;
                /*00d0*/                   HMMA.16816.F32 R16, R20, R24, R16 ;
                /*00e0*/                   UMOV UR4, UR5 ;
                /*00f0*/              @!P3 BRA 0x30 ;
                /*0100*/                   LDG.E.U16 R2, [R2.64] ;
                /*0110*/                   EXIT ;
                /*0120*/                   BRA 0x120;
        """;

    private static readonly MachineKernel Kernel = MachineKernel.Parse(Text);

    [Fact]
    public void Every_instruction_is_read_with_its_address_guard_and_kind()
    {
        Assert.Equal(19, Kernel.Instructions.Count);
        var copy = Kernel.Instructions[9];
        Assert.Equal((0x90, "", "LDGSTS.E.BYPASS.128", MachineKind.AsyncCopy, 16),
            (copy.Address, copy.Guard, copy.Opcode, copy.Kind, copy.Bytes));
        Assert.Equal(("@!P0", 0x80), (Kernel.Instructions[4].Guard, Kernel.Instructions[4].Target));
        Assert.Equal(2, Kernel.Instructions[16].Bytes);
        Assert.Equal(MachineKind.Move, Kernel.Instructions[0].Kind);
        Assert.Equal(MachineKind.IntegerMultiply, Kernel.Instructions[7].Kind);
    }

    [Fact]
    public void A_loop_is_what_a_branch_goes_back_over_and_a_usual_round_goes_around_what_is_rare()
    {
        var loop = Assert.Single(Kernel.Loops);
        Assert.Same(Kernel.Main!.Instructions[0], loop.Instructions[0]);
        Assert.Equal((0x30, 0xf0), (loop.Instructions[0].Address, loop.Instructions[^1].Address));

        // Without 0x50 to 0x70; the copy may be skipped too, but it is what the loop is for.
        Assert.Equal([0x30, 0x40, 0x80, 0x90, 0xa0, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0], loop.Usual.Select(instruction => instruction.Address));
        Assert.Equal((2, 1, 1, 1), (loop.Count(MachineKind.Product), loop.Count(MachineKind.Integer), loop.Count(MachineKind.Move),
            loop.MovesBetweenProducts));
    }
}
