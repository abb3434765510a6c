namespace EvsNative.PtxSim.Tests;

/// <summary>Control flow, memory and what threads of a warp do together.</summary>
public sealed class MachineTests
{
    private const string StoreR1 = " add.u64 %d9, %out, %mine; st.global.u32 [%d9], %r1;";

    [Fact]
    public void Threads_that_part_in_loops_and_branches_meet_again()
    {
        // The number of steps of the Collatz sequence, all of them counted by one vote behind the loop.
        var (report, output) = Kernel.Run("""
            add.u32 %r2, %t, 1;
            mov.u32 %r1, 0;
            LOOP:
            setp.eq.u32 %p1, %r2, 1;
            @%p1 bra DONE;
            and.b32 %r3, %r2, 1;
            setp.eq.u32 %p2, %r3, 0;
            add.u32 %r1, %r1, 1;
            @%p2 bra EVEN;
            mad.lo.u32 %r2, %r2, 3, 1;
            bra LOOP;
            EVEN:
            shr.u32 %r2, %r2, 1;
            bra LOOP;
            DONE:
            vote.sync.ballot.b32 %r4, %p1, -1;
            popc.b32 %r4, %r4;
            mad.lo.u32 %r1, %r4, 1000, %r1;
            """ + StoreR1, 64);
        Assert.True(report.Count == 0, report.ToString());
        Assert.Equal(Enumerable.Range(1, 64).Select(start => 32000 + (uint)Collatz(start)), output[..64]);

        static int Collatz(long n)
        {
            int steps = 0;
            for (; n != 1; n = n % 2 == 0 ? n / 2 : (3 * n) + 1) steps++;
            return steps;
        }
    }

    [Fact]
    public void A_table_of_labels_sends_each_thread_its_way()
    {
        var (report, output) = Kernel.Run("""
            and.b32 %r2, %t, 3;
            TABLE:
            .branchtargets A, B, C, B;
            brx.idx %r2, TABLE;
            A: mov.u32 %r1, 10;
            bra END;
            B: mov.u32 %r1, 20;
            bra END;
            C: mov.u32 %r1, 30;
            END:
            """ + StoreR1, 8);
        Assert.True(report.Count == 0, report.ToString());
        Assert.Equal([10u, 20u, 30u, 20u, 10u, 20u, 30u, 20u], output[..8]);
    }

    [Fact]
    public void A_block_has_three_dimensions_and_a_grid_too()
    {
        const string Body = """
            mov.u32 %r1, %tid.y; mov.u32 %r2, %tid.z; mov.u32 %r3, %ntid.x; mov.u32 %r4, %ntid.y;
            mad.lo.u32 %r2, %r2, %r4, %r1; mad.lo.u32 %r2, %r2, %r3, %t;
            mov.u32 %r5, %ctaid.z; mov.u32 %r6, %nctaid.y; mov.u32 %r7, %ctaid.y; mov.u32 %r8, %nctaid.x; mov.u32 %r9, %ctaid.x;
            mad.lo.u32 %r5, %r5, %r6, %r7; mad.lo.u32 %r5, %r5, %r8, %r9;
            mov.u32 %r10, %ntid.z; mul.lo.u32 %r10, %r10, %r4; mul.lo.u32 %r10, %r10, %r3;
            mad.lo.u32 %r1, %r5, %r10, %r2;
            mul.wide.u32 %d1, %r1, 4; add.u64 %d1, %out, %d1; st.global.u32 [%d1], %r1;
            """;
        using var memory = new PtxMemory();
        ulong to = memory.Allocate(24 * 30 * 4);
        for (int seed = 0; seed < 4; seed++)
        {
            memory.Fill(to, 0, 24 * 30 * 4);
            var report = new PtxMachine(memory, PtxChecks.All, seed)
                .Launch(Kernel.Parse(Body), (2, 5, 3), (3, 4, 2), 0, Kernel.Bytes(to, to));
            Assert.True(report.Count == 0, report.ToString());
            byte[] output = new byte[24 * 30 * 4];
            memory.Read(to, output);
            Assert.Equal(Enumerable.Range(0, 24 * 30), Enumerable.Range(0, 24 * 30).Select(i => BitConverter.ToInt32(output, i * 4)));
        }
    }

    [Fact]
    public void Small_values_fill_registers_as_their_sign_says_and_vectors_keep_their_order()
    {
        var (report, output) = Kernel.Run("""
            ld.global.s8 %r1, [%in+3];
            ld.global.u8 %r2, [%in+3];
            ld.global.s16 %r3, [%in+2];
            ld.global.u16 %r4, [%in+2];
            ld.global.s32 %d1, [%in];
            ld.global.v4.u8 {%r5, %r6, %r7, %r8}, [%in];
            st.global.v4.u32 [%out], {%r1, %r2, %r3, %r4};
            st.global.u64 [%out+16], %d1;
            st.global.v4.u8 [%out+24], {%r8, %r7, %r6, %r5};
            st.global.u16 [%out+28], %r3;
            """, 1, [0x81234567]);
        Assert.True(report.Count == 0, report.ToString());
        Assert.Equal([0xffffff81, 0x81, 0xffff8123, 0x8123, 0x81234567, 0xffffffff, 0x67452381, 0xffff8123], output[..8]);
    }

    [Fact]
    public void Generic_addresses_reach_every_space()
    {
        var (report, output) = Kernel.Run("""
            mov.u64 %d1, tile; cvta.shared.u64 %d1, %d1;
            mov.u64 %d2, mine; cvta.local.u64 %d2, %d2;
            cvta.global.u64 %d3, %out;
            st.u32 [%d1], 5;
            st.u32 [%d2], 6;
            ld.shared.u32 %r1, [tile];
            ld.local.u32 %r2, [mine];
            cvta.to.shared.u64 %d4, %d1;
            ld.shared.u32 %r3, [%d4];
            st.v2.u32 [%d3], {%r1, %r2};
            st.global.u32 [%out+8], %r3;
            """, 1, declarations: ".shared .align 4 .b8 tile[4]; .local .align 4 .b8 mine[4];");
        Assert.True(report.Count == 0, report.ToString());
        Assert.Equal([5u, 6u, 5u], output[..3]);
    }

    [Fact]
    public void Each_thread_has_local_memory_of_its_own()
    {
        var (report, output) = Kernel.Run(
            "st.local.u32 [mine+4], %t; ld.local.u32 %r1, [mine+4];" + StoreR1, 100, declarations: ".local .align 4 .b8 mine[8];");
        Assert.Equal(0, report.Count);
        Assert.Equal(Enumerable.Range(0, 100), output[..100].Select(word => (int)word));
    }

    [Theory]
    [InlineData("shfl.sync.bfly.b32 %r1, %t, 5, 31, -1;")]
    [InlineData("shfl.sync.down.b32 %r1, %t, 3, 31, -1;")]
    [InlineData("shfl.sync.up.b32 %r1, %t, 3, 0, -1;")]
    [InlineData("shfl.sync.idx.b32 %r1, %t, 7, 31, -1;")]
    [InlineData("shfl.sync.idx.b32 %r1, %t, 11, 6175, -1;")]
    [InlineData("shfl.sync.up.b32 %r1, %t, 3, 6144, -1;")]
    [InlineData("shfl.sync.bfly.b32 %r1, %t, 16, 4127, -1;")]
    [InlineData("shfl.sync.down.b32 %r1|%p1, %t, 3, 6175, -1; selp.b32 %r2, 100, 0, %p1; add.u32 %r1, %r1, %r2;")]
    public void Shuffles_take_values_of_other_lanes(string body)
    {
        var (report, output) = Kernel.Run(body + StoreR1, 32);
        Assert.True(report.Count == 0, report.ToString());
        Assert.Equal(Enumerable.Range(0, 32).Select(Wanted), output[..32].Select(word => (int)word));

        // 6175 is segments of 8 lanes (0x18) with clamp 31, 6144 the same for what comes from below, 4127 segments of 16: beyond is itself.
        int Wanted(int lane) => body[10..body.IndexOf('.', 10)] switch
        {
            "bfly" when body.Contains("4127", StringComparison.Ordinal) => lane < 16 ? lane : lane - 16,
            "bfly" => lane ^ 5,
            "idx" when body.Contains("6175", StringComparison.Ordinal) => (lane & ~7) | 3,
            "up" when body.Contains("6144", StringComparison.Ordinal) => (lane & 7) >= 3 ? lane - 3 : lane,
            "down" when body.Contains("6175", StringComparison.Ordinal) => (lane & 7) < 5 ? lane + 103 : lane,
            "down" => lane < 29 ? lane + 3 : lane,
            "up" => lane >= 3 ? lane - 3 : lane,
            _ => 7,
        };
    }

    [Fact]
    public void Votes_are_over_the_lanes_that_are_here()
    {
        var (report, output) = Kernel.Run("""
            and.b32 %r2, %t, 1;
            setp.eq.u32 %p1, %r2, 0;
            vote.sync.any.pred %p2, %p1, -1;
            vote.sync.all.pred %p3, %p1, -1;
            vote.sync.uni.pred %p4, %p2, -1;
            vote.sync.ballot.b32 %r1, !%p1, -1;
            selp.b32 %r3, 1, 0, %p2; selp.b32 %r4, 1, 0, %p3; selp.b32 %r5, 1, 0, %p4;
            setp.eq.u32 %p5, %t, 0;
            @%p5 st.global.v4.u32 [%out], {%r1, %r3, %r4, %r5};
            """, 8);
        Assert.True(report.Count == 0, report.ToString());
        Assert.Equal([0xaau, 1u, 0u, 1u], output[..4]);
    }

    [Theory]
    [InlineData("add.u32", 64 * 3 + 5, 5, 3)]
    [InlineData("min.s32", 0xfffffff0, 5, 0xfffffff0)]
    [InlineData("max.u32", 9, 5, 9)]
    [InlineData("exch.b32", 9, 5, 9)]
    [InlineData("and.b32", 4, 5, 6)]
    [InlineData("or.b32", 7, 5, 6)]
    [InlineData("xor.b32", 5, 5, 6)]
    [InlineData("inc.u32", (64 + 5) % 10, 5, 9)]
    public void Atomic_operations_lose_no_update(string operation, uint wanted, uint start, uint operand)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            string body = $"atom.global.{operation} %r1, [%in], {operand};{StoreR1}";
            using var memory = new PtxMemory();
            ulong word = memory.Allocate(4), to = memory.Allocate(4 * 64);
            memory.Write(word, BitConverter.GetBytes(start));
            Assert.Equal(0,
                new PtxMachine(memory, PtxChecks.All, seed)
                    .Launch(Kernel.Parse(body), (1, 1, 1), (64, 1, 1), 0, Kernel.Bytes(word, to)).Count);
            byte[] bytes = new byte[4];
            memory.Read(word, bytes);
            Assert.Equal(wanted, BitConverter.ToUInt32(bytes));
            memory.Read(to, bytes);
            Assert.True(memory.IsWritten(to, 256));
        }
    }

    [Fact]
    public void Atomic_sums_of_floats_and_swaps_in_shared_memory()
    {
        var (report, output) = Kernel.Run("""
            setp.eq.u32 %p1, %t, 0;
            @%p1 st.shared.v2.u32 [tile], {0, 0};
            bar.sync 0;
            red.shared.add.f32 [tile], 0f3F000000;
            atom.shared.cas.b32 %r2, [tile+4], %t, 77;
            bar.sync 0;
            ld.shared.v2.u32 {%r3, %r4}, [tile];
            @%p1 st.global.v2.u32 [%out], {%r3, %r4};
            """, 64, declarations: ".shared .align 8 .b8 tile[8];");
        Assert.True(report.Count == 0, report.ToString());
        Assert.Equal([Kernel.Word(32), 77u], output[..2]);
    }

    [Fact]
    public void A_correct_reduction_is_the_same_with_every_seed_and_a_racing_one_is_not()
    {
        uint[] input = Enumerable.Range(0, 256).Select(i => (uint)(i * i)).ToArray();
        uint sum = input.Aggregate((a, b) => a + b);
        var racing = new HashSet<uint>();
        for (int seed = 0; seed < 8; seed++)
        {
            var (report, output) = Kernel.Run(Dynamic("bar.sync 0;"), 256, input, seed: seed, dynamicShared: 1024);
            Assert.True(report.Count == 0, report.ToString());
            Assert.Equal(sum, output[0]);
            (report, output) = Kernel.Run(Dynamic(""), 256, input, seed: seed, dynamicShared: 1024);
            Assert.Contains(report.Findings, finding => finding.Kind == PtxFault.SharedRace);
            racing.Add(output[0]);
        }

        Assert.True(racing.Count > 1);

        static PtxEntry Dynamic(string barrier) => Kernel.Parse(Reduction(barrier), ".extern .shared .align 16 .b8 dynamic[];");

        static string Reduction(string barrier) => $$"""
            mov.u64 %d1, dynamic; add.u64 %d1, %d1, %mine;
            add.u64 %d2, %in, %mine; ld.global.u32 %r1, [%d2];
            st.shared.u32 [%d1], %r1;
            {{barrier}}
            mov.u32 %r2, 128;
            LOOP:
            setp.ge.u32 %p1, %t, %r2;
            @%p1 bra SKIP;
            mul.wide.u32 %d3, %r2, 4; add.u64 %d3, %d1, %d3;
            ld.shared.u32 %r1, [%d1]; ld.shared.u32 %r3, [%d3];
            add.u32 %r1, %r1, %r3; st.shared.u32 [%d1], %r1;
            SKIP:
            {{barrier}}
            shr.u32 %r2, %r2, 1;
            setp.ne.u32 %p2, %r2, 0;
            @%p2 bra LOOP;
            setp.eq.u32 %p3, %t, 0;
            @%p3 st.global.u32 [%out], %r1;
            """;
    }
}
