using System.Reflection;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Pointwise;
using EvsNative.Kernels.Ptx;
using EvsNative.Testing;
using static EvsNative.Kernels.Tests.Ptx.Simulation;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>The passes keep what a kernel computes: ILGPU's own text and the finished one leave the same numbers behind.</summary>
public sealed class PtxMeaningTests
{
    private static readonly PtxTarget Target = PtxTarget.For(80);

    [Theory]
    [InlineData(typeof(ExampleKernels.Tile2x2))]
    [InlineData(typeof(ExampleKernels.Tile4x4))]
    public void A_product_of_tiles(Type tile)
    {
        int size = tile == typeof(ExampleKernels.Tile2x2) ? 16 : 32, rows = 2 * size, columns = size, depth = 24;
        float[] a = Numbers(1, rows * depth), b = Numbers(2, depth * columns);
        float[] got = Same(
            typeof(ExampleKernels).GetMethod(nameof(ExampleKernels.Product))!.MakeGenericMethod(tile),
            new Groups(columns / size, rows / size),
            ExampleKernels.GroupSize,
            [Simulation.Buffer.ForResult(rows * columns), Simulation.Buffer.Of(a), Simulation.Buffer.Of(b)],
            Bytes(depth, columns));
        for (int row = 0; row < rows; row++)
        {
            double wanted = Enumerable.Range(0, depth).Sum(k => (double)a[(row * depth) + k] * b[k * columns]);
            Assert.Equal(wanted, got[row * columns], 1e-5);
        }
    }

    [Fact]
    public void A_softmax_with_its_numbers_in_registers()
    {
        const int Rows = 3, Columns = 256;
        float[] x = Numbers(3, Rows * Columns);
        var method = typeof(ExampleKernels).GetMethod(nameof(ExampleKernels.Softmax))!;
        Simulation.Buffer[] buffers = [Simulation.Buffer.ForResult(x.Length), Simulation.Buffer.Of(x)];
        float[] got = Same(method, new Groups(Rows), ExampleKernels.GroupSize, buffers, Bytes(Columns));
        double sum = x[..Columns].Sum(value => Math.Exp(value));
        for (int i = 0; i < Columns; i++) Assert.Equal(Math.Exp(x[i]) / sum, got[i], 1e-7);
    }

    [Fact]
    public void An_array_that_stays_in_memory()
    {
        float[] x = Numbers(4, 8);
        var method = typeof(ExampleKernels).GetMethod(nameof(ExampleKernels.Lookup))!;
        float[] got =
            Same(method, new Groups(1), ExampleKernels.GroupSize, [Simulation.Buffer.ForResult(64), Simulation.Buffer.Of(x)], Bytes(3));
        for (int i = 0; i < 64; i++) Assert.Equal(x[(i + 3) % 8], got[i]);
    }

    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.QuickGelu)]
    public void Activations(Activation activation)
    {
        float[] x = Numbers(5, 300);
        var method = Activate(typeof(Single<Float32Element>), typeof(Single<Float32Element>), activation);
        Same(method, new Groups(2), 256, [Simulation.Buffer.ForResult(300), Simulation.Buffer.Of(x)], Bytes(300, 0));
        method = Activate(typeof(Fours<Float32Element>), typeof(Fours<Float32Element>), activation);
        Same(method, new Groups(1), 256, [Simulation.Buffer.ForResult(300), Simulation.Buffer.Of(x)], Bytes(75, 0));
    }

    [Fact]
    public void Halves_there_and_back()
    {
        // All positive halves and infinity, and numbers between halves; two halves lie in a float of the buffer.
        float[] halfway = [65519, 65520, 1e9f, 1e-9f, 6e-8f, 2.98e-8f, -1.00049f];
        float[] x = [.. Enumerable.Range(0, 0x7c01).Select(half => (float)BitConverter.UInt16BitsToHalf((ushort)half)), .. halfway];
        var narrow = Activate(typeof(Single<Float32Element>), typeof(Single<Float16Element>), Activation.None);
        Simulation.Buffer[] narrowing = [Simulation.Buffer.ForResult((x.Length + 1) / 2), Simulation.Buffer.Of(x)];
        float[] halves = Same(narrow, new Groups(125), 256, narrowing, Bytes(x.Length, 0));
        var wide = Activate(typeof(Single<Float16Element>), typeof(Single<Float32Element>), Activation.None);
        float[] got =
            Same(wide, new Groups(125), 256, [Simulation.Buffer.ForResult(x.Length), Simulation.Buffer.Of(halves)], Bytes(x.Length, 0));
        for (int i = 0; i < x.Length; i++) Assert.Equal((float)(Half)x[i], got[i]);
    }

    [Fact]
    public void A_count_with_a_sum_in_shared_memory()
    {
        float[] x = Numbers(6, 70_000);
        (x[5], x[20_000], x[69_999]) = (float.NaN, float.PositiveInfinity, float.NegativeInfinity);
        Simulation.Buffer[] buffers = [Simulation.Buffer.Of(x), Simulation.Buffer.ForResult(64)];
        float[] got = Same(Pointwise("CountKernel", typeof(Float32Element)), new Groups(64), 256, buffers, Bytes(70_000, 0), result: 1);
        Assert.Equal(3, got.Sum(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void Portable_instructions_compute_what_their_names_say()
    {
        float[] x = [.. Enumerable.Range(1, 64).Select(i => i * 0.17f)];
        var method = typeof(ExampleKernels).GetMethod(nameof(ExampleKernels.Instructions))!;
        float[] got = Same(method, new Groups(1), 64, [Simulation.Buffer.ForResult(64), Simulation.Buffer.Of(x)], Bytes(0));
        for (int i = 0; i < 64; i++) Assert.Equal(1, got[i] / ((x[i] * x[i]) + 0.5 + (1 / Math.Sqrt(x[i])) + Math.Pow(2, x[i])), 1e-6);
    }

    [Fact]
    public void Programs_drawn_at_random()
    {
        const string Threads = ".maxntid 32, 1, 1";
        int shorter = 0, promoted = 0, moved = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            string text = RandomKernel.Draw(new Draw(seed)), finished = PtxPasses.Finish(text, Target, "kernel");
            string withGroups = text.Replace(Threads, $"{Threads}\n.minnctapersm 8", StringComparison.Ordinal);
            string hoisted = PtxPasses.Finish(withGroups, Target, "kernel");
            float[] wanted = RandomKernel.Run(text);
            foreach (string made in (string[])[finished, hoisted])
                Assert.True(wanted.AsSpan().SequenceEqual(RandomKernel.Run(made)), $"seed {seed}:\n{text}\n{made}");
            if (Branches(finished) < Branches(text)) shorter++;
            string named = PtxPasses.Number(PtxPasses.Rename(finished));
            if (PtxPasses.Hoist(named, 100) != PtxPasses.Hoist(named, 0)) moved++;
            if (!finished.Contains(".local", StringComparison.Ordinal)) promoted++;
        }

        // The passes have found something to do.
        Assert.True(shorter >= 30 && promoted >= 15 && moved >= 10,
            $"{shorter} with fewer branches, {promoted} without local memory, {moved} with less in their loops");

        static int Branches(string text) => PtxTexts.Body(text).Count(line => line.Contains("bra ", StringComparison.Ordinal));
    }

    // What the finished text leaves; ILGPU's leaves the same.
    private static float[] Same(MethodInfo method, Groups groups, int threads, Simulation.Buffer[] buffers, byte[] scalars, int result = 0)
    {
        using var compiler = new PtxCompiler(Target);
        string raw = compiler.CompileRaw(method, threads);
        float[] wanted = Run(raw, groups, threads, buffers, scalars, result);
        foreach (int minGroups in (int[])[0, 2])
        {
            var kernel = compiler.Compile(method, threads, minGroups);
            Assert.NotEqual(raw, kernel.Text);
            Assert.Equal(wanted, Run(kernel.Text, groups, threads, buffers, scalars, result));
        }

        return wanted;
    }

    private static MethodInfo Activate(Type from, Type to, Activation activation) =>
        Pointwise("ActivateKernel", from, to, typeof(LinePointwiseTile), activation.Policy());

    private static MethodInfo Pointwise(string kernel, params Type[] policies) =>
        typeof(PointwisePortable).GetMethod(kernel, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(policies);

    private static float[] Numbers(int seed, int count)
    {
        var draw = new Draw(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (draw.Whole(0, 2000) - 1000) / 500f)];
    }
}
