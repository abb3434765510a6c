using EvsNative.Kernels;
using EvsNative.Kernels.Cards;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using EvsNative.MachineCode;

namespace EvsNative.Bench;

/// <summary>What the cycle model needs of a kernel's machine code.</summary>
/// <param name="Kernel">class and policies</param>
/// <param name="Sm">architecture times ten that it was assembled for</param>
/// <param name="Threads">of a group</param>
/// <param name="Groups">that a multiprocessor is to hold</param>
/// <param name="Registers">of a thread</param>
/// <param name="Round">instructions of a warp in a usual round of the main loop, by kind</param>
/// <param name="Wavefronts">of shared memory, of a warp in such a round</param>
/// <param name="CopiedBytes">from global memory, of a thread in such a round</param>
/// <param name="Around">instructions outside of the main loop</param>
internal sealed record MachineFact(
    string Kernel, int Sm, int Threads, int Groups, int Registers, SortedDictionary<string, int> Round, int Wavefronts, int CopiedBytes,
    int Around)
{
    /// <summary>The file that is read where there is no assembler.</summary>
    public const string Path = "bench/results/machine-code.json";

    private const long Roomy = 1L << 40;

    /// <summary>All that the model knows: of the assembler if there is one, which writes the file anew; of the file otherwise.</summary>
    public static IReadOnlyList<MachineFact> All()
    {
        string path = RepositoryFile.Find(Path);
        if (Assembler.Find() is not { Disassembler: not null } assembler) return JsonLines.Read<MachineFact>(path);
        var cards = GpuCards.All.DistinctBy(card => card.Caps.Sm);
        List<MachineFact> all = [.. cards.SelectMany(card => Of(card, assembler)).OrderBy(fact => fact.Kernel, StringComparer.Ordinal)
            .ThenBy(fact => fact.Sm)];
        using var file = new JsonLines(path);
        foreach (var fact in all) file.Write(fact);
        return all;
    }

    /// <summary>A device of a card's that does nothing and has room for everything.</summary>
    public static Device Dry(GpuCard card) => Device.Open(new DeviceOptions(
        Backend.Null, Counts: true, Precision: ElementType.Float16,
        Profile: card.Caps with { MemoryBytes = Roomy, MaxAllocationBytes = Roomy }));

    private static IEnumerable<MachineFact> Of(GpuCard card, Assembler assembler)
    {
        using var d = Dry(card);
        foreach (var shape in LargeCases.All())
        {
            using var scope = d.Enter("count");
            shape.Prepare(d)();
        }

        using var compiler = new PtxCompiler(PtxTarget.For(card.Caps.Sm));
        foreach (var form in d.UsedKernels.Forms.Where(form => form.MinGroups > 0).Distinct())
        {
            string text = compiler.Compile(form.Kernel, form.Threads, form.MinGroups).Text;
            var made = assembler.Assemble(text, $"sm_{card.Caps.Sm}", withCode: true);
            if (made.Code?.Main is { } loop) yield return Of(form, card.Caps.Sm, made, loop);
        }
    }

    private static MachineFact Of(KernelForm form, int sm, Assembled made, MachineLoop loop) => new(
        form.Name, sm, form.Threads, form.MinGroups, made.Registers,
        new SortedDictionary<string, int>(
            loop.Usual.CountBy(instruction => instruction.Kind).ToDictionary(kind => $"{kind.Key}", kind => kind.Value)),
        loop.Usual.Sum(PipeCosts.Wavefronts),
        loop.Usual.Where(instruction => instruction.Kind is MachineKind.AsyncCopy or MachineKind.GlobalLoad)
            .Sum(instruction => instruction.Bytes),
        made.Code!.Instructions.Count - loop.Instructions.Count);
}
