using System.Collections.Concurrent;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using EvsNative.MachineCode;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>NVIDIA's assembler on all kernels, where <c>EVSNATIVE_PTXAS</c> names it.</summary>
public sealed class AssemblerTests(ITestOutputHelper output)
{
    /// <summary>
    /// The assembler gives up a register or two of its own accord where another group then fits on a multiprocessor; with
    /// <c>.minnctapersm 1</c> it keeps them, and a group less fits. More than that is a kernel that holds too much. Kernels that say how
    /// many groups a multiprocessor is to hold may keep nothing in memory.
    /// </summary>
    private const int MostBytes = 8;

    [Theory]
    [InlineData(60)]
    [InlineData(75)]
    [InlineData(80)]
    [InlineData(86)]
    [InlineData(89)]
    [InlineData(90)]
    [InlineData(100)]
    [InlineData(120)]
    public void Every_kernel_fits_its_registers_and_its_main_loop_is_as_designed(int sm)
    {
        var assembler = Assembler.Find();
        Assert.SkipWhen(assembler is null, $"{Assembler.Variable} does not name NVIDIA's assembler");
        var target = PtxTarget.For(sm);
        string text = PtxPasses.Retarget(PtxTexts.Kernel("ret;"), target);
        Assert.SkipUnless(assembler.Assemble(text, $"sm_{sm}").Problem.Length == 0, $"this assembler does not know sm_{sm}");
        using var compiler = new PtxCompiler(target);
        var lines = new ConcurrentBag<string>();
        var failures = new ConcurrentBag<string>();
        Parallel.ForEach(KernelForms.Of(sm), form =>
        {
            var kernel = compiler.Compile(form.Kernel, form.Threads, form.MinGroups);
            var made = assembler.Assemble(kernel.Text, $"sm_{sm}", form.MinGroups > 0);
            var problems = Problems(form, made);
            string line = $"{kernel.Name}, {form.Threads} threads: {made.Registers} registers, {made.StackBytes} bytes of stack, "
                + $"{made.SpillBytes} spilled{Round(made)}";
            lines.Add(line);
            if (problems.Count > 0) failures.Add($"{line}: {string.Join("; ", problems)}");
        });
        foreach (string line in lines.Order(StringComparer.Ordinal)) output.WriteLine(line);
        if (assembler.Disassembler is null) output.WriteLine("cuobjdump does not lie beside the assembler: main loops were not looked at");
        Assert.True(failures.IsEmpty, string.Join('\n', failures.Order(StringComparer.Ordinal)));
    }

    private static List<string> Problems(KernelForm form, Assembled made)
    {
        if (made.Problem.Length > 0) return [made.Problem];
        List<string> problems = [];
        int mostBytes = form.MinGroups > 0 ? 0 : MostBytes;
        if (made.StackBytes > mostBytes || made.SpillBytes > 2 * mostBytes) problems.Add($"more than {mostBytes} bytes stay in memory");
        if (MachineLimits.Of(form.Name) is not { } limits) return [.. problems, "MachineLimits.txt has no row for it"];
        if (made.Registers > limits.Registers) problems.Add($"more than {limits.Registers} registers");
        if (made.Code is not null && limits.Products is not null) problems.AddRange(OfMainLoop(limits, made.Code));
        return problems;
    }

    private static IEnumerable<string> OfMainLoop(MachineLimits limits, MachineKernel code)
    {
        var loop = code.Main!;
        int products = loop.Count(MachineKind.Product), integers = loop.Count(MachineKind.Integer, MachineKind.IntegerMultiply);
        if (products != limits.Products) yield return $"{products} products a round, not {limits.Products}";
        if (integers > limits.Integers) yield return $"{integers} instructions on integers a round, at most {limits.Integers} are allowed";

        // The order of stages turns by a move or two; a sum that is moved would be four for each product.
        if (loop.MovesBetweenProducts > products / 8) yield return $"{loop.MovesBetweenProducts} moves between products";
        var accesses = loop.Instructions.Where(instruction =>
            instruction.Kind is MachineKind.GlobalLoad or MachineKind.GlobalStore or MachineKind.AsyncCopy);
        var narrow = accesses.Where(instruction => instruction.Bytes < limits.AccessBytes);
        foreach (var instruction in narrow) yield return $"{instruction.Opcode} moves {instruction.Bytes} bytes";
        if (loop.Instructions.Any(instruction => instruction.Kind == MachineKind.Local)) yield return "local memory in the main loop";
    }

    private static string Round(Assembled made) => made.Code?.Main is not { } loop ? ""
        : $"; a round of {loop.Usual.Count} instructions: {loop.Count(MachineKind.Product)} products, "
            + $"{loop.Count(MachineKind.Integer, MachineKind.IntegerMultiply)} on integers, {loop.Count(MachineKind.Move)} moves";
}
