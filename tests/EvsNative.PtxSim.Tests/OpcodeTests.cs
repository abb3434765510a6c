using System.Numerics;
using System.Runtime.InteropServices;

namespace EvsNative.PtxSim.Tests;

/// <summary>Every opcode against C#, on random bits and on the values where things go wrong.</summary>
public sealed partial class OpcodeTests
{
    private const int Threads = 1024;

    private static readonly ulong[] Edges =
    [
        0, 1, 2, 31, 32, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, ulong.MaxValue, 1ul << 63,
        long.MaxValue,
        0x3c00, 0xbc00, 0x7c00, 0xfc00, 0x7e00, 0x0001, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x4f000000, 0xcf000000,
        0x40200000,
        0x3ff8000000000000, 0xc004000000000000, 0x7ff8000000000000, 0x7e37e43c8800759c,
    ];

    /// <summary>
    /// One instruction with destination %x and sources %a, %b, %c, of these many bits; the function gets and gives the bits.
    /// </summary>
    private static void Check(string instruction, int outBits, int inBits, Func<ulong, ulong, ulong, ulong> wanted, double tolerance = 0)
    {
        string text = $$"""
            .version 8.4
            .target sm_80
            .address_size 64
            .visible .entry kernel(.param .u64 in, .param .u64 out)
            {
                .reg .b{{inBits}} %a, %b, %c;
                .reg .b{{outBits}} %x;
                .reg .b32 %t;
                .reg .b64 %in, %out, %d1;
                .reg .pred %p, %q;
                ld.param.u64 %in, [in];
                ld.param.u64 %out, [out];
                mov.u32 %t, %tid.x;
                mul.wide.u32 %d1, %t, 24;
                add.u64 %in, %in, %d1;
                mul.wide.u32 %d1, %t, 8;
                add.u64 %out, %out, %d1;
                ld.global.b{{inBits}} %a, [%in];
                ld.global.b{{inBits}} %b, [%in+8];
                ld.global.b{{inBits}} %c, [%in+16];
                {{instruction}}
                st.global.b{{outBits}} [%out], %x;
                ret;
            }
            """;
        ulong[] values = Values();
        using var memory = new PtxMemory();
        ulong from = memory.Allocate(values.Length * 8), to = memory.Allocate(Threads * 8);
        memory.Write(from, MemoryMarshal.AsBytes(values.AsSpan()));
        memory.Fill(to, 0, Threads * 8);
        var report = new PtxMachine(memory).Launch(PtxModule.Parse(text).Entries[0], (1, 1, 1), (Threads, 1, 1), 0, Kernel.Bytes(from, to));
        Assert.True(report.Count == 0, $"{instruction}: {report}");
        ulong[] got = new ulong[Threads];
        memory.Read(to, MemoryMarshal.AsBytes(got.AsSpan()));
        ulong cutIn = ulong.MaxValue >> (64 - inBits), cutOut = ulong.MaxValue >> (64 - outBits);
        for (int i = 0; i < Threads; i++)
        {
            ulong a = values[i * 3] & cutIn, b = values[(i * 3) + 1] & cutIn, c = values[(i * 3) + 2] & cutIn,
                expected = wanted(a, b, c) & cutOut;
            bool agree = instruction.Contains(".f16x2 %x", StringComparison.Ordinal)
                ? Agree((ushort)got[i], (ushort)expected, 16, 0) && Agree(got[i] >> 16, expected >> 16, 16, 0)
                : Agree(got[i], expected, outBits, tolerance);
            Assert.True(agree, $"{instruction} of {a:x}, {b:x}, {c:x}: {got[i]:x}, not {expected:x}");
        }
    }

    private static void Unary<TIn, TOut>(string instruction, Func<TIn, TOut> wanted, double tolerance = 0)
        where TIn : unmanaged
        where TOut : unmanaged => Check(instruction, Bits<TOut>(), Bits<TIn>(), (a, _, _) => From(wanted(To<TIn>(a))), tolerance);

    private static void Binary<TIn, TOut>(string instruction, Func<TIn, TIn, TOut> wanted, double tolerance = 0)
        where TIn : unmanaged
        where TOut : unmanaged =>
            Check(instruction, Bits<TOut>(), Bits<TIn>(), (a, b, _) => From(wanted(To<TIn>(a), To<TIn>(b))), tolerance);

    private static void Ternary<T>(string instruction, Func<T, T, T, T> wanted)
        where T : unmanaged => Check(instruction, Bits<T>(), Bits<T>(), (a, b, c) => From(wanted(To<T>(a), To<T>(b), To<T>(c))));

    /// <summary>A predicate as 1 or 0.</summary>
    private static void Relation<T>(string instruction, Func<T, T, T, bool> wanted)
        where T : unmanaged =>
            Check(instruction + " selp.b32 %x, 1, 0, %p;", 32, Bits<T>(), (a, b, c) => wanted(To<T>(a), To<T>(b), To<T>(c)) ? 1ul : 0);

    private static unsafe int Bits<T>()
        where T : unmanaged => Math.Max(16, sizeof(T) * 8);

    private static unsafe T To<T>(ulong bits)
        where T : unmanaged => *(T*)&bits;

    /// <summary>Narrow results fill their register as their sign says.</summary>
    private static unsafe ulong From<T>(T value)
        where T : unmanaged
    {
        if (value is sbyte small) return (ulong)(long)small;
        ulong bits = 0;
        *(T*)&bits = value;
        return bits;
    }

    private static bool Agree(ulong got, ulong wanted, int bits, double tolerance)
    {
        if (got == wanted) return true;
        double a = Value(got, bits), b = Value(wanted, bits);
        if (double.IsNaN(a) && double.IsNaN(b)) return true;
        return tolerance > 0 && Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(b));
    }

    private static double Value(ulong value, int bits) => bits switch
    {
        16 => (double)To<Half>(value),
        32 => To<float>(value),
        _ => To<double>(value),
    };

    private static ulong[] Values()
    {
        var random = new Random(7);
        ulong[] values = new ulong[Threads * 3];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.Next(4) switch
            {
                0 => Edges[random.Next(Edges.Length)],
                1 => (ulong)random.NextInt64(),
                2 => BitConverter.SingleToUInt32Bits((random.NextSingle() * 20) - 10) | ((ulong)random.NextInt64() << 32),
                _ => BitConverter.HalfToUInt16Bits((Half)((random.NextSingle() * 20) - 10)) | ((ulong)random.NextInt64() << 16),
            };
        }

        return values;
    }

    private static float Flush(float value) => float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;

    private static T Clamp<T>(T value)
        where T : INumber<T> => value > T.Zero ? T.Min(value, T.One) : T.Zero;
}
