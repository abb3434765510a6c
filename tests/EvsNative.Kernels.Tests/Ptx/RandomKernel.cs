using System.Runtime.InteropServices;
using System.Text;
using EvsNative.PtxSim;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>
/// Kernels drawn at random: loops of known and unknown rounds in one another, branches of both kinds, an array of a thread at known and
/// unknown places.
/// </summary>
internal sealed class RandomKernel
{
    private const int Threads = 32, Slots = 8;

    private readonly Draw _draw;
    private readonly StringBuilder _text = new();
    private readonly List<string> _counters = [];
    private readonly bool _hasUnknownPlaces;
    private int _names;

    private RandomKernel(Draw draw)
    {
        _draw = draw;
        _hasUnknownPlaces = draw.Once(4);
        for (int i = 0; i < Slots; i++) Add($"st.local.b32 [array+{4 * i}], {i};");
        Add("mov.u32 %r30, %tid.x;");
        Add("and.b32 %r29, %r30, 3;");
        Add("setp.eq.u32 %p0, %r29, 1;");
        Add("mov.b32 %r20, 1;");
        Block(0);
        for (int i = 0; i < Slots; i++)
        {
            Add($"ld.local.b32 %r10, [array+{4 * i}];");
            Mix("%r10");
        }

        Add("ld.param.b64 %rd9, [p0];");
        Add("cvta.to.global.u64 %rd9, %rd9;");
        Add("mul.wide.u32 %rd8, %r30, 4;");
        Add("add.u64 %rd9, %rd9, %rd8;");
        Add("st.global.b32 [%rd9], %r20;");
        Add("ret;");
    }

    public static string Draw(Draw draw) =>
        PtxTexts.Kernel(new RandomKernel(draw)._text.ToString(),
            ".local .align 4 .b8 array[32];\n.reg .b32 %c<64>;\n.reg .b32 %n<64>;\n.reg .pred %q<64>;");

    /// <summary>What it leaves for each thread.</summary>
    public static float[] Run(string text)
    {
        using var memory = new PtxMemory();
        ulong place = memory.Allocate(Threads * sizeof(float));
        var entry = PtxModule.Parse(text).Entries[0];
        var report = new PtxMachine(memory).Launch(entry, (1, 1, 1), (Threads, 1, 1), 0, MemoryMarshal.AsBytes<ulong>([place]));
        Assert.True(report.Count == 0, $"{report}\n{text}");
        float[] result = new float[Threads];
        memory.Read(place, MemoryMarshal.AsBytes(result.AsSpan()));

        // Integers, compared bit by bit: some are NaN as floats.
        return Array.ConvertAll(result, value => (float)(BitConverter.SingleToInt32Bits(value) & 0xffffff));
    }

    private void Block(int depth)
    {
        int statements = _draw.Whole(1, 4);
        for (int i = 0; i < statements; i++)
        {
            int kind = _draw.Whole(0, 6);
            if (depth < 3 && kind <= 1) Loop(depth);
            else if (depth < 3 && kind == 2) Branch(depth);
            else if (kind == 3) Access();
            else if (kind == 4) Place();
            else Mix(Known());
        }
    }

    private void Loop(int depth)
    {
        int name = _names++;
        string counter = $"%c{name}", label = $"Loop{name}";
        string bound = _draw.Once(5) ? "%r29" : _counters.Count > 0 && _draw.Once(4) ? _counters[^1] : $"{_draw.Whole(0, 4)}";
        bool isHalving = _draw.Once(6);
        Add(isHalving ? $"mov.b32 {counter}, 4;" : $"mov.b32 {counter}, 0;");
        Add($"{label}:");
        Add(isHalving ? $"setp.le.s32 %q{name}, {counter}, 0;" : $"setp.ge.s32 %q{name}, {counter}, {bound};");
        Add($"@%q{name} bra {label}End;");
        _counters.Add(counter);
        Block(depth + 1);
        _counters.RemoveAt(_counters.Count - 1);
        if (_draw.Once(5))
        {
            Add($"setp.gt.u32 %q{name}, %r29, {counter};");
            Add($"@%q{name} bra {label}End;");
        }

        Add(isHalving ? $"shr.s32 %n{name}, {counter}, 1;" : $"add.s32 %n{name}, {counter}, {_draw.Whole(1, 2)};");
        Add($"mov.b32 {counter}, %n{name};");
        Add($"bra {label};");
        Add($"{label}End:");
    }

    private void Branch(int depth)
    {
        int name = _names++;
        Add($"setp.{_draw.Of("lt", "eq", "ne", "ge")}.s32 %q{name}, {Known()}, {_draw.Whole(0, 3)};");
        Add($"@{(_draw.Once(3) ? "!" : "")}%q{name} bra Else{name};");
        Block(depth + 1);
        Add($"bra Then{name};");
        Add($"Else{name}:");
        if (_draw.Once(2)) Block(depth + 1);
        Add($"Then{name}:");
    }

    private void Access()
    {
        string place = _hasUnknownPlaces && _draw.Once(3)
            ? "%r29"
            : _counters.Count > 0 ? _counters[_draw.Whole(0, _counters.Count - 1)] : "1";
        Add($"and.b32 %r11, {place}, 7;");
        Add("mul.wide.u32 %rd1, %r11, 4;");
        Add("mov.b64 %rd2, array;");
        Add("add.u64 %rd3, %rd2, %rd1;");
        Add("ld.local.b32 %r12, [%rd3];");
        Mix("%r12");
        if (_draw.Once(2)) Add("st.local.b32 [%rd3], %r20;");
    }

    // Arithmetic of which some is the same in every round, in registers that are written again and again; some of it perhaps not at all.
    private void Place()
    {
        Add($"mul.lo.s32 %r13, %r30, {_draw.Whole(3, 9)};");
        if (_draw.Once(3)) Add($"mov.b32 %r14, {Known()};");
        else Add($"xor.b32 %r14, %r13, {Known()};");
        Add($"add.s32 %r15, {Known()}, %r14;");
        if (_draw.Once(4)) Add("@%p0 add.s32 %r15, %r15, %r30;");
        Add($"add.s32 %r16, %r15, {_draw.Of("%r13", "%r30", "%r20")};");
        Mix("%r16");
    }

    // A counter, a number, or the thread.
    private string Known() =>
        _counters.Count > 0 && _draw.Once(2) ? _counters[_draw.Whole(0, _counters.Count - 1)] : _draw.Of("%r29", "%r30", "2");

    private void Mix(string with)
    {
        Add($"add.s32 %r20, %r20, {with};");
        Add("mul.lo.s32 %r20, %r20, 31;");
    }

    private void Add(string line) => _text.Append(line).Append('\n');
}
