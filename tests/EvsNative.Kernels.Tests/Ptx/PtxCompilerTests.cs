using System.Reflection;
using System.Text.RegularExpressions;
using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using EvsNative.PtxSim;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PtxCompilerTests
{
    private static readonly PtxTarget Target = PtxTarget.For(90);

    private static readonly MethodInfo[] Kernels =
    [
        Example(nameof(ExampleKernels.Softmax)), Example(nameof(ExampleKernels.Lookup)),
        Example(nameof(ExampleKernels.Instructions)), Example(nameof(ExampleKernels.Product), typeof(ExampleKernels.Tile2x2)),
    ];

    [Fact]
    public void A_kernel_has_its_name_its_entry_and_its_threads()
    {
        using var compiler = new PtxCompiler(Target);
        var kernel = compiler.Compile(Kernels[3], 64, minGroups: 4);
        Assert.Equal("ExampleKernels.Product<Tile2x2>", kernel.Name);
        Assert.Equal("ExampleKernels_Product_Tile2x2", kernel.Entry);
        Assert.Equal(64, kernel.Threads);
        Assert.Contains(".visible .entry ExampleKernels_Product_Tile2x2(", kernel.Text, StringComparison.Ordinal);
        Assert.Contains(".minnctapersm 4", kernel.Text, StringComparison.Ordinal);
        Assert.StartsWith(".version 7.8\n.target sm_90\n", kernel.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_has_the_same_text_whatever_was_compiled_before()
    {
        string[] wanted = Array.ConvertAll(Kernels, kernel => Compiled(Target, [kernel])[0]);
        for (int first = 0; first < Kernels.Length; first++)
        {
            int[] order = [.. Enumerable.Range(0, Kernels.Length).Select(i => (first + i) % Kernels.Length)];
            Assert.Equal(order.Select(i => wanted[i]), Compiled(Target, order.Select(i => Kernels[i])));
            Assert.Equal(order.Reverse().Select(i => wanted[i]), Compiled(Target, order.Reverse().Select(i => Kernels[i])));
        }
    }

    [Fact]
    public void Threads_may_share_a_compiler_and_others_may_compile_beside_it()
    {
        string[] wanted = Array.ConvertAll(Kernels, kernel => Compiled(Target, [kernel])[0]);
        using var shared = new PtxCompiler(Target);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            int kernel = i * 3 % Kernels.Length;
            Assert.Equal(wanted[kernel], shared.Compile(Kernels[kernel], 64).Text);
            if (i % 4 == 0) Assert.Equal(wanted[kernel], Compiled(Target, [Kernels[kernel]])[0]);
        });
    }

    [Fact]
    public void A_kernel_that_does_not_compile_is_named_and_later_ones_compile()
    {
        using var compiler = new PtxCompiler(Target);
        string wanted = compiler.Compile(Kernels[0], 64).Text;
        var error = Assert.Throws<DeviceException>(() => compiler.Compile(Example(nameof(ExampleKernels.Throws)), 64));
        Assert.StartsWith("kernel ExampleKernels.Throws does not compile to PTX: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(wanted, compiler.Compile(Kernels[0], 64).Text);
    }

    [Fact]
    public void Structs_go_in_and_out_of_instructions_register_by_register()
    {
        using var compiler = new PtxCompiler(Target, typeof(TestIntrinsics));
        string text = compiler.Compile(Example(nameof(ExampleKernels.Structs)), 64).Text;
        Assert.Matches(@"ldmatrix\.sync\.aligned\.m8n8\.x4\.shared\.b16 \{%r\d+, %r\d+, %r\d+, %r\d+\}, \[%r\d+\];", text);
        Assert.Equal(2,
            Regex.Count(text, @"mma\.sync\.\S+ \{(%f\d+(, )?){4}\}, \{(%r\d+(, )?){4}\}, \{(%r\d+(, )?){2}\}, \{(%f\d+(, )?){4}\};"));
        Assert.Contains("cp.async.wait_group 1;", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".func", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ExampleKernels.CopiesAhead), 80, 13000, ".version 7.4\n.target sm_80\n")]
    [InlineData(nameof(ExampleKernels.CopiesAhead), 86, 11040, ".version 7.4\n.target sm_86\n")]
    [InlineData(nameof(ExampleKernels.CopiesAhead), 90, 13000, ".version 7.8\n.target sm_90\n")]
    [InlineData(nameof(ExampleKernels.Fences), 90, 13000, ".version 8.0\n.target sm_90a\n")]
    [InlineData(nameof(ExampleKernels.CopiesAhead), 80, 11030, "needs sm_80 and PTX 7.4; device and driver have sm_80, PTX 7.0")]
    [InlineData(nameof(ExampleKernels.CopiesAhead), 75, 13000, "needs sm_80 and PTX 7.4; device and driver have sm_75, PTX 6.3")]
    [InlineData(nameof(ExampleKernels.Fences), 80, 13000, "needs sm_90a and PTX 8.0")]
    [InlineData(nameof(ExampleKernels.Fences), 90, 11080, "needs sm_90a and PTX 8.0")]
    [InlineData(nameof(ExampleKernels.Fences), 100, 13000, "needs sm_90a and PTX 8.0")]
    [InlineData(nameof(ExampleKernels.Fences), 100, 12040, "needs sm_90a and PTX 8.0; device and driver have sm_90, PTX 7.8")]
    public void A_text_has_the_version_and_the_variant_that_its_instructions_need(string kernel, int sm, int driver, string wanted)
    {
        var target = PtxTarget.For(sm, driver);
        using var compiler = new PtxCompiler(target, typeof(TestIntrinsics));
        if (!wanted.StartsWith('.'))
        {
            var error = Assert.Throws<DeviceException>(() => compiler.Compile(Example(kernel), 64));
            Assert.Contains(wanted, error.Message, StringComparison.Ordinal);
            return;
        }

        var compiled = compiler.Compile(Example(kernel), 64);
        Assert.StartsWith(wanted, compiled.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(".pragma", compiled.Text, StringComparison.Ordinal);
        var (version, architecture) = (wanted.Split()[1], wanted.Split()[3]);
        Assert.All(PtxLint.Facts(compiled), fact => Assert.Null(PtxRequirements.Missing(fact.Opcode, version, architecture)));
    }

    [Fact]
    public void An_immediate_must_be_a_constant()
    {
        using var compiler = new PtxCompiler(Target, typeof(TestIntrinsics));
        var error = Assert.Throws<DeviceException>(() => compiler.Compile(Example(nameof(ExampleKernels.WaitsForSome)), 64));
        Assert.Contains("no constant", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Places_of_an_instruction_are_filled_in()
    {
        string text = PtxExpansion.Expand("f {$d0, $d1}, [$10], #1, $x, 50$;", ["%a", "%b"],
            [.. Enumerable.Range(0, 11).Select(i => $"%r{i}")], [null, "7"]);
        Assert.Equal("f {%a, %b}, [%r10], 7, $x, 50$;", text);
    }

    private static string[] Compiled(PtxTarget target, IEnumerable<MethodInfo> kernels)
    {
        using var compiler = new PtxCompiler(target);
        return [.. kernels.Select(kernel => compiler.Compile(kernel, 64).Text)];
    }

    private static MethodInfo Example(string name, params Type[] policies)
    {
        var method = typeof(ExampleKernels).GetMethod(name)!;
        return policies.Length > 0 ? method.MakeGenericMethod(policies) : method;
    }
}
