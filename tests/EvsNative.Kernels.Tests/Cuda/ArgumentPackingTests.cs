using System.Reflection;
using System.Text.RegularExpressions;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using ILGPU;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>The packed arguments against the PTX that reads them: each kernel here writes what it got.</summary>
public sealed partial class ArgumentPackingTests
{
    public enum Small : byte
    {
        None,
        Some = 200,
    }

    public enum Large : ulong
    {
        None,
        Some = 1ul << 50,
    }

    [Fact]
    public void Small_fields_between_large_ones_arrive() => Check(
        nameof(MixedKernel),
        new Mixed { A = 11, B = -22, C = 33, D = 0.5, E = 44, F = -55, G = 66, H = 77 },
        [11, -22, 33, 5, 44, -55, 66, 77]);

    [Fact]
    public void Structs_in_structs_arrive_and_keep_their_padding() => Check(
        nameof(NestedKernel),
        new Nested
        {
            First = 1,
            Inner = new Inner { A = 2, Core = new Core { B = 3, C = 4 }, D = 5 },
            Between = 6,
            Again = new Core { B = 7, C = 8 },
            Last = 9,
        },
        [1, 2, 3, 4, 5, 6, 7, 8, 9]);

    [Fact]
    public void Enumerations_truths_and_empty_structs_arrive() => Check(
        nameof(OddKernel),
        new Odd { A = Small.Some, B = true, C = Large.Some, D = 1, E = false, F = Activation.Gelu, G = default, H = 12 },
        [200, 1, 1L << 50, 1, 0, (long)Activation.Gelu, 12]);

    [Fact]
    public void Views_arrive_with_their_own_beginning_and_length()
    {
        using var driver = new InterpretedCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var (source, result) = (gpu.Allocate(80), gpu.Allocate(80));
            gpu.Write(source, 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes([.. Enumerable.Range(100, 20)]).ToArray());
            var args = new Views
            {
                Before = 1,
                Numbers = source.View.SubView(16, 24).Cast<int>(),
                After = 2,
                Out = new Operand { Memory = result.View },
            };
            Assert.Equal([1, 104, 109, 6, 2], Run(gpu, nameof(ViewsKernel), args, result, 5));
            Assert.Equal([1, 0, 2], Run(gpu, nameof(LengthKernel), args with { Numbers = default }, result, 3));
        });
    }

    [Fact]
    public void Writing_arguments_allocates_nothing()
    {
        using var owner = new MemoryOwner();
        var args = new CudaTest.AddArgs { Y = new Operand { Memory = owner.Wrap(0x1000, 64).View } };
        Pack(1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Pack(1000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        unsafe void Pack(int times)
        {
            byte* target = stackalloc byte[ArgumentPacking<CudaTest.AddArgs>.Bytes];
            for (int i = 0; i < times; i++) ArgumentPacking<CudaTest.AddArgs>.Write(args, target);
        }
    }

    [Fact]
    public void What_kernels_cannot_take_is_refused()
    {
        Assert.Throws<NotSupportedException>(() => ArgumentLayout.Of(typeof(ValueTuple<string, int>)));
        Assert.Throws<NotSupportedException>(() => ArgumentLayout.Of(typeof(ValueTuple<nint, int>)));
    }

    private static void Check<TArgs>(string kernel, TArgs args, long[] wanted)
        where TArgs : struct, IResult
    {
        using var compiler = new PtxCompiler(new PtxTarget(80, 7, 0));
        string text = compiler.Compile(Method(kernel), 1).Text;
        var layout = ArgumentLayout.Of(typeof(TArgs));
        var declared = Declaration().Match(text);
        Assert.True(declared.Success, text);
        Assert.Equal((layout.Alignment, layout.Bytes),
            (int.Parse(declared.Groups["align"].Value), int.Parse(declared.Groups["bytes"].Value)));
        int[] offsets = [.. layout.Leaves.Select(leaf => leaf.Offset)];
        var loads = Loads().Matches(text).Select(load => load.Groups["offset"]);
        int[] read = [.. loads.Select(offset => offset.Success ? int.Parse(offset.Value) : 0).Distinct().Order()];
        Assert.All(read, offset => Assert.True(offsets.Contains(offset) || offsets.Contains(offset - 8), $"offset {offset} is no field's"));

        using var driver = new InterpretedCudaDriver { Sm = 80 };
        CudaTest.Balanced(driver, gpu =>
        {
            var result = gpu.Allocate(8 * wanted.Length);
            args.SetResult(new Operand { Memory = result.View });
            Assert.Equal(wanted, Run(gpu, kernel, args, result, wanted.Length));
        });
    }

    private static long[] Run<TArgs>(CudaGpu gpu, string kernel, TArgs args, GpuBuffer result, int count)
        where TArgs : struct
    {
        gpu.Load<TArgs>(Method(kernel), 1).Launch(new Groups(1), args);
        long[] got = new long[count];
        gpu.Read(result, 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(got.AsSpan()));
        return got;
    }

    private static MethodInfo Method(string name) =>
        typeof(ArgumentPackingTests).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;

    [GeneratedRegex(@"\.param \.align (?<align>\d+) \.b8 \w+\[(?<bytes>\d+)\]")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"ld\.param\.\w+\s+\S+, \[\w+(\+(?<offset>\d+))?\]")]
    private static partial Regex Loads();

    private static void Put(Operand result, int index, long value) => result.Memory.Cast<long>()[result.Offset + index] = value;

    private static void MixedKernel(Mixed x)
    {
        Put(x.Out, 0, x.A);
        Put(x.Out, 1, x.B);
        Put(x.Out, 2, x.C);
        Put(x.Out, 3, (long)(x.D * 10));
        Put(x.Out, 4, x.E);
        Put(x.Out, 5, (long)x.F);
        Put(x.Out, 6, x.G);
        Put(x.Out, 7, x.H);
    }

    private static void NestedKernel(Nested x)
    {
        Put(x.Out, 0, x.First);
        Put(x.Out, 1, x.Inner.A);
        Put(x.Out, 2, x.Inner.Core.B);
        Put(x.Out, 3, x.Inner.Core.C);
        Put(x.Out, 4, x.Inner.D);
        Put(x.Out, 5, x.Between);
        Put(x.Out, 6, x.Again.B);
        Put(x.Out, 7, x.Again.C);
        Put(x.Out, 8, x.Last);
    }

    private static void OddKernel(Odd x)
    {
        Put(x.Out, 0, (long)x.A);
        Put(x.Out, 1, x.B ? 1 : 0);
        Put(x.Out, 2, (long)x.C);
        Put(x.Out, 3, x.D);
        Put(x.Out, 4, x.E ? 1 : 0);
        Put(x.Out, 5, (long)x.F);
        Put(x.Out, 6, x.H);
    }

    private static void ViewsKernel(Views x)
    {
        Put(x.Out, 0, x.Before);
        Put(x.Out, 1, x.Numbers[0]);
        Put(x.Out, 2, x.Numbers[5]);
        Put(x.Out, 3, x.Numbers.Length);
        Put(x.Out, 4, x.After);
    }

    private static void LengthKernel(Views x)
    {
        Put(x.Out, 0, x.Before);
        Put(x.Out, 1, x.Numbers.Length);
        Put(x.Out, 2, x.After);
    }

    private interface IResult
    {
        void SetResult(Operand result);
    }

    private struct Mixed : IResult
    {
        public byte A;
        public Operand Out;
        public short B;
        public int C;
        public double D;
        public byte E;
        public float F;
        public ushort G;
        public sbyte H;

        public void SetResult(Operand result) => Out = result;
    }

    private struct Core
    {
        public short B;
        public long C;
    }

    private struct Inner
    {
        public byte A;
        public Core Core;
        public byte D;
    }

    private struct Nested : IResult
    {
        public byte First;
        public Inner Inner;
        public byte Between;
        public Core Again;
        public Operand Out;
        public int Last;

        public void SetResult(Operand result) => Out = result;
    }

    private struct Nothing;

    private struct Odd : IResult
    {
        public Small A;
        public bool B;
        public Large C;
        public byte D;
        public bool E;
        public Activation F;
        public Nothing G;
        public short H;
        public Operand Out;

        public void SetResult(Operand result) => Out = result;
    }

    private struct Views
    {
        public byte Before;
        public ArrayView<int> Numbers;
        public byte After;
        public Operand Out;
    }
}
