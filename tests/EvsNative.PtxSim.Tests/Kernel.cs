using System.Runtime.InteropServices;

namespace EvsNative.PtxSim.Tests;

/// <summary>Small kernels as text, with two pointers <c>%in</c> and <c>%out</c> to global memory, and their runs.</summary>
internal static class Kernel
{
    private const long MostExecuted = 10_000_000;

    private const string Head = """
        .version 8.4
        .target sm_80
        .address_size 64
        """;

    /// <summary>The text of a kernel: registers of all types, <c>%t</c> the thread, <c>%in</c> and <c>%out</c> the arguments.</summary>
    public static string Text(string body, string declarations = "", string directives = "") => $$"""
        {{Head}}
        .visible .entry kernel(.param .u64 in, .param .u64 out) {{directives}}
        {
            .reg .pred %p<10>;
            .reg .b16 %h<10>;
            .reg .b32 %r<20>, %t;
            .reg .f32 %f<20>;
            .reg .b64 %d<20>, %in, %out, %mine;
            {{declarations}}
            ld.param.u64 %in, [in];
            ld.param.u64 %out, [out];
            mov.u32 %t, %tid.x;
            mul.wide.u32 %mine, %t, 4;
            {{body}}
            ret;
        }
        """;

    public static PtxEntry Parse(string body, string declarations = "", string directives = "") =>
        PtxModule.Parse(Text(body, declarations, directives)).Entries[0];

    /// <summary>Runs a body with words in and out; those never written come back as all ones.</summary>
    public static (PtxReport Report, uint[] Out) Run(
        string body,
        int threads,
        ReadOnlySpan<uint> input = default,
        int outputs = 1024,
        string declarations = "",
        int blocks = 1,
        int seed = 0,
        long limit = MostExecuted) =>
        Run(Parse(body, declarations), threads, input, outputs, blocks, seed, 0, limit);

    public static (PtxReport Report, uint[] Out) Run(
        PtxEntry entry,
        int threads,
        ReadOnlySpan<uint> input = default,
        int outputs = 1024,
        int blocks = 1,
        int seed = 0,
        int dynamicShared = 0,
        long limit = MostExecuted)
    {
        using var memory = new PtxMemory();
        ulong from = memory.Allocate(Math.Max(4, input.Length * 4)), to = memory.Allocate(outputs * 4);
        memory.Write(from, MemoryMarshal.AsBytes(input));
        var machine = new PtxMachine(memory, PtxChecks.All, seed) { Limit = limit };
        var report = machine.Launch(entry, (blocks, 1, 1), (threads, 1, 1), dynamicShared, Bytes(from, to));
        uint[] output = new uint[outputs];
        memory.Read(to, MemoryMarshal.AsBytes(output.AsSpan()));
        return (report, output);
    }

    public static byte[] Bytes(params ulong[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    public static uint Word(float value) => BitConverter.SingleToUInt32Bits(value);

    public static float Float(uint word) => BitConverter.UInt32BitsToSingle(word);
}
