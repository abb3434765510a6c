using System.Numerics;

namespace EvsNative.PtxSim.Tests;

/// <summary>The tables.</summary>
public sealed partial class OpcodeTests
{
    [Fact]
    public void Arithmetic_of_integers()
    {
        Binary<uint, uint>("add.u32 %x, %a, %b;", (a, b) => a + b);
        Binary<ulong, ulong>("add.s64 %x, %a, %b;", (a, b) => a + b);
        Binary<ushort, ushort>("add.u16 %x, %a, %b;", (a, b) => (ushort)(a + b));
        Binary<uint, uint>("sub.s32 %x, %a, %b;", (a, b) => a - b);
        Binary<int, int>("mul.lo.s32 %x, %a, %b;", (a, b) => a * b);
        Binary<ulong, ulong>("mul.lo.u64 %x, %a, %b;", (a, b) => a * b);
        Binary<int, int>("mul.hi.s32 %x, %a, %b;", (a, b) => (int)(((long)a * b) >> 32));
        Binary<uint, uint>("mul.hi.u32 %x, %a, %b;", (a, b) => (uint)(((ulong)a * b) >> 32));
        Binary<long, long>("mul.hi.s64 %x, %a, %b;", (a, b) => Math.BigMul(a, b, out _));
        Binary<ulong, ulong>("mul.hi.u64 %x, %a, %b;", (a, b) => Math.BigMul(a, b, out _));
        Binary<uint, ulong>("mul.wide.u32 %x, %a, %b;", (a, b) => (ulong)a * b);
        Binary<int, long>("mul.wide.s32 %x, %a, %b;", (a, b) => (long)a * b);
        Binary<short, int>("mul.wide.s16 %x, %a, %b;", (a, b) => a * b);
        Ternary<uint>("mad.lo.s32 %x, %a, %b, %c;", (a, b, c) => (a * b) + c);
        Ternary<ulong>("mad.lo.u64 %x, %a, %b, %c;", (a, b, c) => (a * b) + c);
        Ternary<uint>("mad.hi.u32 %x, %a, %b, %c;", (a, b, c) => (uint)(((ulong)a * b) >> 32) + c);
        Check(".reg .b64 %w; cvt.s64.s32 %w, %c; mad.wide.s32 %x, %a, %b, %w;", 64, 32,
            (a, b, c) => (ulong)(((long)(int)a * (int)b) + (int)c));
        Binary<uint, uint>("div.u32 %x, %a, %b;", (a, b) => b == 0 ? uint.MaxValue : a / b);
        Binary<int, int>("div.s32 %x, %a, %b;", (a, b) => b == 0 ? -1 : b == -1 ? -a : a / b);
        Binary<long, long>("rem.s64 %x, %a, %b;", (a, b) => b == 0 ? a : b == -1 ? 0 : a % b);
        Binary<uint, uint>("rem.u32 %x, %a, %b;", (a, b) => b == 0 ? a : a % b);
        Binary<int, int>("min.s32 %x, %a, %b;", Math.Min);
        Binary<uint, uint>("max.u32 %x, %a, %b;", Math.Max);
        Binary<long, long>("max.s64 %x, %a, %b;", Math.Max);
        Unary<int, int>("abs.s32 %x, %a;", a => a < 0 ? -a : a);
        Unary<int, int>("neg.s32 %x, %a;", a => -a);
        Unary<long, long>("neg.s64 %x, %a;", a => -a);
    }

    [Fact]
    public void Arithmetic_of_floats()
    {
        Binary<float, float>("add.f32 %x, %a, %b;", (a, b) => a + b);
        Binary<float, float>("add.rn.ftz.f32 %x, %a, %b;", (a, b) => Flush(Flush(a) + Flush(b)));
        Binary<float, float>("sub.f32 %x, %a, %b;", (a, b) => a - b);
        Binary<float, float>("mul.f32 %x, %a, %b;", (a, b) => a * b);
        Binary<float, float>("add.sat.f32 %x, %a, %b;", (a, b) => Clamp(a + b));
        Binary<double, double>("mul.f64 %x, %a, %b;", (a, b) => a * b);
        Binary<Half, Half>("add.f16 %x, %a, %b;", (a, b) => a + b);
        Binary<Half, Half>("mul.f16 %x, %a, %b;", (a, b) => a * b);
        Binary<float, float>("div.rn.f32 %x, %a, %b;", (a, b) => a / b);
        Binary<float, float>("div.approx.ftz.f32 %x, %a, %b;", (a, b) => Flush(Flush(a) / Flush(b)));
        Ternary<float>("fma.rn.ftz.f32 %x, %a, %b, %c;", (a, b, c) => Flush(MathF.FusedMultiplyAdd(Flush(a), Flush(b), Flush(c))));
        Binary<float, float>("div.full.f32 %x, %a, %b;", (a, b) => a / b);
        Binary<double, double>("div.rn.f64 %x, %a, %b;", (a, b) => a / b);
        Binary<float, float>("min.f32 %x, %a, %b;", (a, b) => float.IsNaN(a) ? b : float.IsNaN(b) ? a : MathF.Min(a, b));
        Binary<float, float>("max.f32 %x, %a, %b;", (a, b) => float.IsNaN(a) ? b : float.IsNaN(b) ? a : MathF.Max(a, b));
        Binary<float, float>("max.NaN.f32 %x, %a, %b;", MathF.Max);
        Binary<float, float>("copysign.f32 %x, %a, %b;", (a, b) => MathF.CopySign(b, a));
        Unary<float, float>("abs.f32 %x, %a;", MathF.Abs);
        Unary<float, float>("neg.f32 %x, %a;", a => -a);
        Ternary<float>("fma.rn.f32 %x, %a, %b, %c;", MathF.FusedMultiplyAdd);
        Ternary<double>("fma.rn.f64 %x, %a, %b, %c;", Math.FusedMultiplyAdd);
        Ternary<float>("mad.rn.f32 %x, %a, %b, %c;", MathF.FusedMultiplyAdd);
        Ternary<float>("fma.rn.sat.f32 %x, %a, %b, %c;", (a, b, c) => Clamp(MathF.FusedMultiplyAdd(a, b, c)));
        Ternary<Half>("fma.rn.f16 %x, %a, %b, %c;", (a, b, c) => (Half)(((double)a * (double)b) + (double)c));
        Check("fma.rn.f16x2 %x, %a, %b, %c;", 32, 32,
            (a, b, c) => Pairs(a, b, c, (x, y, z) => (Half)(((double)x * (double)y) + (double)z)));
        Check("add.f16x2 %x, %a, %b;", 32, 32, (a, b, c) => Pairs(a, b, c, (x, y, _) => x + y));
    }

    [Fact]
    public void A_product_and_a_sum_round_twice_and_fma_once()
    {
        const float A = 1 + (1f / 4096), B = -(1 + (2f / 4096));
        Assert.NotEqual((A * A) + B, MathF.FusedMultiplyAdd(A, A, B));
        uint[] input = [Kernel.Word(A), Kernel.Word(B)];
        var (report, output) = Kernel.Run(
            """
            ld.global.v2.f32 {%f1, %f2}, [%in];
            mul.f32 %f3, %f1, %f1;
            add.f32 %f3, %f3, %f2;
            fma.rn.f32 %f4, %f1, %f1, %f2;
            st.global.v2.f32 [%out], {%f3, %f4};
            """,
            1,
            input);
        Assert.Equal(0, report.Count);
        Assert.Equal((A * A) + B, Kernel.Float(output[0]));
        Assert.Equal(MathF.FusedMultiplyAdd(A, A, B), Kernel.Float(output[1]));
    }

    [Theory]
    [InlineData(-126, 0x00800000, 0x00800000)]
    [InlineData(-126.5f, 0x005A827A, 0)]
    [InlineData(-149, 0x00000001, 0)]
    [InlineData(-150, 0, 0)]
    [InlineData(128, 0x7F800000, 0x7F800000)]
    [InlineData(float.NegativeInfinity, 0, 0)]
    [InlineData(float.PositiveInfinity, 0x7F800000, 0x7F800000)]
    public void A_power_of_two_has_the_ends_that_its_modifier_says(float x, uint kept, uint flushed)
    {
        Assert.Equal([kept, flushed], Powers(x));
        Assert.All(Powers(float.NaN), power => Assert.True(float.IsNaN(Kernel.Float(power))));

        static uint[] Powers(float x) => Kernel.Run(
            """
            ld.global.f32 %f1, [%in];
            ex2.approx.f32 %f2, %f1;
            ex2.approx.ftz.f32 %f3, %f1;
            st.global.v2.f32 [%out], {%f2, %f3};
            """,
            1,
            [Kernel.Word(x)],
            2).Out;
    }

    [Fact]
    public void Functions_of_floats()
    {
        const double Tolerance = 1e-6;
        Unary<float, float>("sqrt.rn.f32 %x, %a;", MathF.Sqrt);
        Unary<double, double>("sqrt.rn.f64 %x, %a;", Math.Sqrt);
        Unary<float, float>("rsqrt.approx.f32 %x, %a;", a => 1 / MathF.Sqrt(a), Tolerance);
        Unary<float, float>("rcp.rn.f32 %x, %a;", a => 1 / a);
        Unary<float, float>("rcp.approx.ftz.f32 %x, %a;", a => Flush(1 / Flush(a)));
        Unary<float, float>("ex2.approx.ftz.f32 %x, %a;", a => MathF.Pow(2, a), Tolerance);
        Unary<float, float>("lg2.approx.f32 %x, %a;", MathF.Log2, Tolerance);
        Unary<float, float>("sin.approx.f32 %x, %a;", MathF.Sin, Tolerance);
        Unary<float, float>("cos.approx.f32 %x, %a;", MathF.Cos, Tolerance);
        Unary<float, float>("tanh.approx.f32 %x, %a;", MathF.Tanh, Tolerance);
        Unary<Half, Half>("ex2.approx.f16 %x, %a;", a => (Half)MathF.Pow(2, (float)a), 1e-3);
        Check("tanh.approx.f16x2 %x, %a;", 32, 32, (a, b, c) => Pairs(a, b, c, (x, _, _) => (Half)Math.Tanh((double)x)));
    }

    [Fact]
    public void Operations_on_bits()
    {
        Binary<uint, uint>("and.b32 %x, %a, %b;", (a, b) => a & b);
        Binary<ulong, ulong>("or.b64 %x, %a, %b;", (a, b) => a | b);
        Binary<ushort, ushort>("xor.b16 %x, %a, %b;", (a, b) => (ushort)(a ^ b));
        Unary<uint, uint>("not.b32 %x, %a;", a => ~a);
        Binary<uint, uint>("shl.b32 %x, %a, %b;", (a, b) => b > 31 ? 0 : a << (int)b);
        Binary<uint, uint>("shr.u32 %x, %a, %b;", (a, b) => b > 31 ? 0 : a >> (int)b);
        Check("shr.s32 %x, %a, %b;", 32, 32, (a, b, _) => (uint)((int)a >> (int)Math.Min(b, 31)));
        Check(".reg .b32 %s; cvt.u32.u64 %s, %b; shl.b64 %x, %a, %s;", 64, 64, (a, b, _) => (uint)b > 63 ? 0 : a << (int)b);
        Check(".reg .b32 %s; cvt.u32.u64 %s, %b; shr.s64 %x, %a, %s;", 64, 64, (a, b, _) => (ulong)((long)a >> (int)Math.Min((uint)b, 63)));
        Unary<uint, uint>("popc.b32 %x, %a;", a => (uint)BitOperations.PopCount(a));
        Unary<ulong, uint>("popc.b64 %x, %a;", a => (uint)BitOperations.PopCount(a));
        Unary<uint, uint>("clz.b32 %x, %a;", a => (uint)BitOperations.LeadingZeroCount(a));
        Unary<ulong, uint>("clz.b64 %x, %a;", a => (uint)BitOperations.LeadingZeroCount(a));
        Unary<uint, uint>("brev.b32 %x, %a;", a => Convert.ToUInt32(new string([.. a.ToString("b32", null).Reverse()]), 2));
        Unary<uint, uint>("bfe.u32 %x, %a, 5, 7;", a => (a >> 5) & 127);
        Unary<int, int>("bfe.s32 %x, %a, 5, 7;", a => a << 20 >> 25);
        Unary<int, int>("bfe.s32 %x, %a, 28, 9;", a => a >> 28);
        Unary<ulong, ulong>("bfe.u64 %x, %a, 60, 9;", a => a >> 60);
        Unary<uint, uint>("bfe.u32 %x, %a, 5, 0;", _ => 0);
        Binary<uint, uint>("bfi.b32 %x, %a, %b, 4, 8;", (a, b) => (b & ~0xff0u) | ((a & 0xff) << 4));
        Binary<ulong, ulong>("bfi.b64 %x, %a, %b, 60, 64;", (a, b) => (b & (ulong.MaxValue >> 4)) | (a << 60));
        Binary<uint, uint>("bfi.b32 %x, %a, %b, 4, 0;", (_, b) => b);
        Binary<uint, uint>("prmt.b32 %x, %a, %b, 0x7531;",
            (a, b) => ((a >> 8) & 255) | ((a >> 24) << 8) | (((b >> 8) & 255) << 16) | (b >> 24 << 24));
        Binary<uint, uint>("prmt.b32 %x, %a, %b, 0xb3b3;", (a, _) => ((a >> 24) * 0x00010001) | ((a >> 31) * 0xff00ff00));
    }

    [Fact]
    public void Comparisons_and_selections()
    {
        Relation<int>("setp.lt.s32 %p, %a, %b;", (a, b, _) => a < b);
        Relation<uint>("setp.lo.u32 %p, %a, %b;", (a, b, _) => a < b);
        Relation<uint>("setp.hs.u32 %p, %a, %b;", (a, b, _) => a >= b);
        Relation<ulong>("setp.ge.u64 %p, %a, %b;", (a, b, _) => a >= b);
        Relation<short>("setp.gt.s16 %p, %a, %b;", (a, b, _) => a > b);
        Relation<uint>("setp.ne.b32 %p, %a, 31;", (a, _, _) => a != 31);
        Relation<float>("setp.eq.f32 %p, %a, %b;", (a, b, _) => a == b);
        Relation<float>("setp.ne.f32 %p, %a, %b;", (a, b, _) => a < b || a > b);
        Relation<float>("setp.le.f32 %p, %a, %b;", (a, b, _) => a <= b);
        Relation<double>("setp.gt.f64 %p, %a, %b;", (a, b, _) => a > b);
        Relation<Half>("setp.lt.f16 %p, %a, %b;", (a, b, _) => a < b);
        Relation<float>("setp.equ.f32 %p, %a, %b;", (a, b, _) => !(a < b || a > b));
        Relation<float>("setp.neu.f32 %p, %a, %b;", (a, b, _) => a != b);
        Relation<float>("setp.ltu.f32 %p, %a, %b;", (a, b, _) => !(a >= b));
        Relation<float>("setp.leu.f32 %p, %a, %b;", (a, b, _) => !(a > b));
        Relation<float>("setp.gtu.f32 %p, %a, %b;", (a, b, _) => !(a <= b));
        Relation<float>("setp.geu.f32 %p, %a, %b;", (a, b, _) => !(a < b));
        Relation<float>("setp.num.f32 %p, %a, %b;", (a, b, _) => !float.IsNaN(a) && !float.IsNaN(b));
        Relation<float>("setp.nan.f32 %p, %a, %b;", (a, b, _) => float.IsNaN(a) || float.IsNaN(b));
        Relation<int>("setp.gt.s32 %q, %b, %c; setp.lt.and.s32 %p, %a, %b, %q;", (a, b, c) => a < b && b > c);
        Relation<int>("setp.gt.s32 %q, %b, %c; setp.lt.or.s32 %p, %a, %b, !%q;", (a, b, c) => a < b || !(b > c));
        Relation<int>("setp.gt.s32 %q, %b, %c; setp.lt.xor.s32 %p, %a, %b, %q;", (a, b, c) => (a < b) != (b > c));
        Relation<int>("setp.lt.s32 %q|%p, %a, %b;", (a, b, _) => !(a < b));
        Relation<int>("setp.lt.s32 %p, %a, %b; setp.lt.s32 %q, %b, %c; and.pred %p, %p, %q; not.pred %p, %p;",
            (a, b, c) => !(a < b && b < c));
        Relation<float>("testp.notanumber.f32 %p, %a;", (a, _, _) => float.IsNaN(a));
        Relation<double>("testp.finite.f64 %p, %a;", (a, _, _) => double.IsFinite(a));
        Relation<float>("testp.infinite.f32 %p, %a;", (a, _, _) => float.IsInfinity(a));
        Check("setp.lt.s64 %p, %a, %b; selp.b64 %x, %a, %c, %p;", 64, 64, (a, b, c) => (long)a < (long)b ? a : c);
        Check("setp.lt.s32 %p, %a, %b; mov.b32 %x, %c; @!%p mov.b32 %x, %a;", 32, 32, (a, b, c) => (int)a < (int)b ? c : a);
    }

    [Fact]
    public void Conversions()
    {
        Unary<int, long>("cvt.s64.s32 %x, %a;", a => a);
        Unary<uint, ulong>("cvt.u64.u32 %x, %a;", a => a);
        Unary<int, ulong>("cvt.u64.s32 %x, %a;", a => (ulong)a);
        Unary<ulong, uint>("cvt.u32.u64 %x, %a;", a => (uint)a);
        Unary<int, short>("cvt.s16.s32 %x, %a;", a => (short)a);
        Check("cvt.s8.s32 %x, %a;", 32, 32, (a, _, _) => (ulong)(sbyte)a);
        Check("cvt.sat.u8.s32 %x, %a;", 32, 32, (a, _, _) => (ulong)Math.Clamp((int)a, 0, 255));
        Unary<int, float>("cvt.rn.f32.s32 %x, %a;", a => a);
        Unary<uint, float>("cvt.rn.f32.u32 %x, %a;", a => a);
        Unary<ulong, double>("cvt.rn.f64.u64 %x, %a;", a => a);
        Unary<short, Half>("cvt.rn.f16.s16 %x, %a;", a => (Half)a);
        Unary<float, int>("cvt.rzi.s32.f32 %x, %a;", a => Whole(MathF.Truncate(a), int.MinValue, int.MaxValue));
        Unary<float, int>("cvt.rni.s32.f32 %x, %a;", a => Whole(MathF.Round(a, MidpointRounding.ToEven), int.MinValue, int.MaxValue));
        Unary<float, int>("cvt.rmi.s32.f32 %x, %a;", a => Whole(MathF.Floor(a), int.MinValue, int.MaxValue));
        Unary<float, int>("cvt.rpi.ftz.s32.f32 %x, %a;", a => Whole(MathF.Ceiling(a), int.MinValue, int.MaxValue));
        Unary<float, uint>("cvt.rzi.u32.f32 %x, %a;", a => float.IsNaN(a) || a < 0 ? 0 : a >= 4294967296f ? uint.MaxValue : (uint)a);
        Check("cvt.rni.sat.u8.f32 %x, %a;", 32, 32, (a, _, _) => (ulong)Whole(MathF.Round(To<float>(a), MidpointRounding.ToEven), 0, 255));
        Unary<double, int>("cvt.rzi.s32.f64 %x, %a;", a => Whole(Math.Truncate(a), int.MinValue, int.MaxValue));
        Unary<Half, int>("cvt.rzi.s32.f16 %x, %a;", a => Whole((double)Half.Truncate(a), int.MinValue, int.MaxValue));
        Unary<float, float>("cvt.rmi.f32.f32 %x, %a;", MathF.Floor);
        Unary<float, float>("cvt.rni.ftz.f32.f32 %x, %a;", a => MathF.Round(a, MidpointRounding.ToEven));
        Unary<float, float>("cvt.sat.f32.f32 %x, %a;", Clamp);
        Unary<float, double>("cvt.f64.f32 %x, %a;", a => a);
        Unary<double, float>("cvt.rn.f32.f64 %x, %a;", a => (float)a);
        Unary<float, Half>("cvt.rn.f16.f32 %x, %a;", a => (Half)a);
        Unary<Half, float>("cvt.f32.f16 %x, %a;", a => (float)a);
        Binary<float, uint>("cvt.rn.f16x2.f32 %x, %a, %b;", (a, b) => ((uint)From((Half)a) << 16) | (uint)From((Half)b));
        Check("cvt.rn.bf16x2.f32 %x, %a, %b;", 32, 32, (a, b, _) => (Bf16(a) << 16) | Bf16(b));
        Check("cvt.rna.tf32.f32 %x, %a;", 32, 32, (a, _, _) => Tf32(a));
        Check(".reg .b16 %h; cvt.rn.bf16.f32 %h, %a; cvt.f32.bf16 %x, %h;", 32, 32, (a, _, _) => Bf16(a) << 16);
    }

    [Fact]
    public void Moves_of_parts_of_registers()
    {
        Check(".reg .b16 %l, %h; mov.b32 {%l, %h}, %a; mov.b32 %x, {%h, %l};", 32, 32, (a, _, _) => BitOperations.RotateLeft((uint)a, 16));
        Check(".reg .b32 %l, %h; mov.b64 {%l, %h}, %a; mov.b64 %x, {%h, %l};", 64, 64, (a, _, _) => BitOperations.RotateLeft(a, 32));
        Check(".reg .b32 %h; mov.b64 {_, %h}, %a; cvt.s64.s32 %x, %h;", 64, 64, (a, _, _) => (ulong)((long)a >> 32));
        Check("mov.f32 %x, 0f3FC00000;", 32, 32, (_, _, _) => Kernel.Word(1.5f));
        Check("mov.f64 %x, 0dBFF8000000000000;", 64, 64, (_, _, _) => BitConverter.DoubleToUInt64Bits(-1.5));
        Check("mov.b32 %x, -2;", 32, 32, (_, _, _) => uint.MaxValue - 1);
        Check("mov.b32 %x, 0xABu;".Replace('u', 'U'), 32, 32, (_, _, _) => 0xab);
    }

    private static ulong Pairs(ulong a, ulong b, ulong c, Func<Half, Half, Half, Half> wanted) =>
        From(wanted(To<Half>(a), To<Half>(b), To<Half>(c))) | (From(wanted(To<Half>(a >> 16), To<Half>(b >> 16), To<Half>(c >> 16))) << 16);

    /// <summary>The nearest float with 10 bits of mantissa, ties away from zero, by distance.</summary>
    private static ulong Tf32(ulong bits)
    {
        float value = To<float>(bits);
        if (float.IsNaN(value)) return 0x7fffffff;
        if (float.IsInfinity(value)) return bits;
        int exponent = float.IsNormal(value) ? Math.ILogB(value) : -126;
        double unit = Math.ScaleB(1, exponent - 10);
        return From((float)(Math.Round(value / unit, MidpointRounding.AwayFromZero) * unit));
    }

    private static int Whole(double value, int least, int most) => double.IsNaN(value) ? 0 : (int)Math.Clamp(value, least, most);

    /// <summary>The nearest of the two floats whose lower halves are zero, by distance.</summary>
    private static ulong Bf16(ulong bits)
    {
        float value = To<float>(bits);
        if (float.IsNaN(value)) return 0x7fff;
        if (float.IsInfinity(value)) return bits >> 16;
        uint below = (uint)bits >> 16, above = below + 1;
        double down = Math.Abs(To<float>((ulong)below << 16) - (double)value);
        double up =
            Math.Abs((above & 0x7fff) == 0x7f80 ? Math.ScaleB(1, 128) - Math.Abs(value) : To<float>((ulong)above << 16) - (double)value);
        return up < down || (up == down && (above & 1) == 0) ? above : below;
    }
}
