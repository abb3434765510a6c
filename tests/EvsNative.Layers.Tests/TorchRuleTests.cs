using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

/// <summary>What pickles of PyTorch may say, and how their tensors look at storages.</summary>
public sealed class TorchRuleTests : IDisposable
{
    private static readonly byte[] Four = TorchTensor.BytesOf(StoredType.F32, [1, 2, 3, 4]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private TensorFile Open(PickleWriter pickle, params (string Key, byte[] Bytes)[] storages) =>
        TensorFile.Open(_folder.Write("x.pt", TorchFiles.Zip(pickle.Bytes, storages)));

    private InputException Refused(PickleWriter pickle) => Assert.Throws<InputException>(() => Open(pickle, ("0", Four)).Dispose());

    [Fact]
    public void Views_of_every_form_are_read_as_they_look()
    {
        var draw = new Draw(11);
        // Larger than the window that is read at once, and of every order of axes.
        float[] numbers = draw.Normals(200_000);
        TorchTensor[] tensors =
        [
            View("whole", [200_000], [1]), View("transposed", [500, 400], [1, 500]), View("part", [300, 200], [500, 1], 1000),
            View("steps", [40, 50], [5000, 100], 7), View("far", [3], [99_000]), View("repeated", [4, 3, 5], [0, 10, 0], 2),
            View("same", [3, 70_000], [0, 1]), View("overlap", [1000, 1000], [50, 3]), View("one", [1, 1], [77, 5], 3),
            View("none", [0, 3], [3, 1]), View("channels last", [10, 8, 20, 30], [4800, 1, 240, 8], 11),
        ];
        foreach (string layout in new[] { "zip", "legacy" })
        {
            bool isZip = layout == "zip";
            using var file = TensorFile.Open(
                isZip ? TorchFiles.WriteZip(_folder["x.pt"], tensors) : TorchFiles.WriteLegacy(_folder["y.pt"], tensors));
            foreach (var tensor in tensors)
            {
                float[] wanted = [.. Elements(tensor).Select(element => numbers[element])];
                Assert.True(wanted.AsSpan().SequenceEqual(file.Values(tensor.Name)), $"{layout}: {tensor.Name}");
                byte[] bytes = new byte[4 * wanted.Length];
                file.ReadStored(tensor.Name, bytes);
                Assert.True(bytes.AsSpan().SequenceEqual(TorchTensor.BytesOf(StoredType.F32, wanted)), $"{layout}: bytes of {tensor.Name}");
            }
        }

        TorchTensor View(string name, long[] shape, long[] strides, long offset = 0) =>
            new(name, shape, numbers) { Strides = strides, Offset = offset, Storage = "all" };
    }

    [Fact]
    public void FP8_is_read_as_torch_writes_it()
    {
        var pickle = new PickleWriter().Ops("}(");
        foreach (string type in new[] { "float8_e4m3fn", "float8_e5m2", "uint16" })
        {
            pickle.Text(type).Global("torch._utils", "_rebuild_tensor_v3").Ops("((").Text("storage");
            pickle.Global("torch.storage", "UntypedStorage").Text("0").Text("cpu").Whole(4).Ops("tQ");
            pickle.Whole(type == "uint16" ? 1 : 0).Wholes([type == "uint16" ? 1 : 2]).Wholes([1]);
            pickle.Raw(0x89).Global("collections", "OrderedDict").Ops(")R").Global("torch", type).Ops("tR");
        }

        using var file = Open(pickle.Ops("u."), ("0", [0x38, 0x3C, 0x02, 0x01]));
        Assert.Equal([1, 1.5f], file.Values("float8_e4m3fn"));
        Assert.Equal([0.5f, 1], file.Values("float8_e5m2"));
        Assert.Equal([258], file.Values("uint16"));
        Assert.Equal(Kernels.WeightStorage.Float16, file.StorageOf("float8_e5m2"));
    }

    [Fact]
    public void Parameters_and_tensors_of_classes_are_their_tensors()
    {
        var tensor = new TorchTensor("a", [4], [1, 2, 3, 4]);
        var pickle = new PickleWriter().Ops("}(").Text("with state").Global("torch._utils", "_rebuild_parameter_with_state").Ops("(");
        pickle.Tensor(tensor, "0").Raw(0x88).Global("collections", "OrderedDict").Ops(")R}tR");
        pickle.Text("of a class").Global("torch._tensor", "_rebuild_from_type_v2").Ops("(").Global("torch._utils", "_rebuild_tensor_v2");
        pickle.Global("torch", "Tensor").Ops("(").Storage("FloatStorage", "0", 4).Whole(0).Wholes([4]).Wholes([1]).Raw(0x89);
        pickle.Global("collections", "OrderedDict").Ops(")Rt}tRu.");
        using var file = Open(pickle, ("0", Four));
        Assert.Equal(["with state", "of a class"], file.Names);
        Assert.Equal([1, 2, 3, 4], file.Values("of a class"));
    }

    /// <summary>No way leads to a call: of names that are not known, of words that are, of classes, of states.</summary>
    [Theory]
    [InlineData("cos\nsystem\n.", "'os.system'")]
    [InlineData("cnt\nsystem\n.", "'nt.system'")]
    [InlineData("csubprocess\nPopen\n.", "'subprocess.Popen'")]
    [InlineData("c__builtin__\neval\n.", "'__builtin__.eval'")]
    [InlineData("cbuiltins\ngetattr\n.", "'builtins.getattr'")]
    [InlineData("crunpy\n_run_code\n.", "'runpy._run_code'")]
    [InlineData("ctorch.hub\nload\n.", "'torch.hub.load'")]
    [InlineData("ctorch\n_utils.os.system\n.", "'torch._utils.os.system'")]
    [InlineData("cnumpy.testing._private.utils\nruncode\n.", "runcode")]
    [InlineData("cpytorch_lightningx\nA\n.", "'pytorch_lightningx.A'")]
    [InlineData("cargparse\nNamespace\n)\u0081}b.", "'argparse.Namespace'")]
    [InlineData("c__builtin__\ndict\n)R.", "call of '__builtin__.dict'")]
    [InlineData("c__builtin__\ndict\n)\u0081.", "object of '__builtin__.dict'")]
    [InlineData("clightning.pytorch.callbacks\nTimer\n)R.", "call of 'lightning.pytorch.callbacks.Timer'")]
    [InlineData("clightning.pytorch.callbacks\nTimer\n)\u0081.", "object of 'lightning.pytorch.callbacks.Timer'")]
    [InlineData("clightning.pytorch.callbacks\nTimer\n}b.", "state of something")]
    [InlineData("ctorch.nn.modules.container\nParameterDict\n)R.", "call of 'torch.nn.modules.container.ParameterDict'")]
    [InlineData("X\u0002\0\0\0osX\u0006\0\0\0system\u0093.", "'os.system'")]
    [InlineData("(cos\nsystem\no.", "'os.system'")]
    [InlineData("(K\u0001o.", "OBJ")]
    [InlineData("Pabc\n.", "PERSID")]
    [InlineData(")}\u0092.", "NEWOBJ_EX")]
    [InlineData("\u0084\u0001\0\0\0.", "EXT4")]
    public void Nothing_is_ever_called(string opcodes, string word)
    {
        var error = Refused(new PickleWriter().Raw(System.Text.Encoding.Latin1.GetBytes(opcodes)));
        Assert.Equal(InputCode.Unsafe, error.Code);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.Contains("nothing was run", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ctorch._utils\n_rebuild_qtensor\n.", "quantised")]
    [InlineData("ctorch\nComplexFloatStorage\n.", "ComplexFloatStorage")]
    [InlineData("ctorch._utils\n_rebuild_sparse_tensor\n.", "sparse")]
    [InlineData("ctorch.storage\n_load_from_bytes\n.", "plain pickle")]
    [InlineData("K\u0001K\u00022.", "DUP")]
    [InlineData("I01\n.", "INT")]
    [InlineData("\u008f.", "EMPTY_SET")]
    [InlineData("\u008a\u0009\0\0\0\0\0\0\0\0\u0001.", "an integer of 9 bytes")]
    public void What_is_not_read_is_named(string opcodes, string word)
    {
        var error = Refused(new PickleWriter().Raw(System.Text.Encoding.Latin1.GetBytes(opcodes)));
        Assert.Equal(InputCode.Unsupported, error.Code);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("}K\u0001K\u0002sK\u0001K\u0003s.", "its pickle is damaged: ")]
    [InlineData("}K\u0001Ns(K\u0001Nu.", "twice")]
    [InlineData("}(K\u0001u.", "no value")]
    [InlineData("}]K\u0001s.", "neither a text nor a number")]
    [InlineData("K\u0001K\u0002.", "left over")]
    [InlineData("(.", "left over")]
    [InlineData("N.N", "follows its end")]
    [InlineData("NK\u0001a.", "another kind")]
    [InlineData("\u0080\u0002N.", "starts anew")]
    [InlineData("\u00ff.", "0xff")]
    [InlineData("X\u0001\0\0\0\u00ff.", "UTF-8")]
    [InlineData("T\u00ff\u00ff\u00ff\u00ff.", "ends too early")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.", "ends too early")]
    [InlineData("Nr\u00ff\u00ff\u00ff\u007f.", "more places than it has steps")]
    [InlineData("ctorch", "ends too early")]
    [InlineData("ctorch\nSize\nNR.", "another kind")]
    [InlineData("ctorch\nSize\n)R.", "other parts")]
    public void A_pickle_that_breaks_the_rules_is_damaged(string opcodes, string word)
    {
        var error = Refused(new PickleWriter().Raw(System.Text.Encoding.Latin1.GetBytes(opcodes)));
        Assert.Equal(InputCode.Damaged, error.Code);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.Matches("byte [0-9]+ of its pickle", error.Message);
    }

    [Fact]
    public void Nesting_values_and_protocols_have_limits()
    {
        byte[] deep = [.. Enumerable.Repeat((byte)0x85, 100_000)], many = [.. Enumerable.Repeat((byte)'N', InputLimits.PickleStack + 1)];
        Assert.Equal(InputCode.TooLarge, Refused(new PickleWriter().Ops(")").Raw(deep).Ops(".")).Code);
        Assert.Equal(InputCode.TooLarge, Refused(new PickleWriter().Raw(many).Ops(".")).Code);
        Assert.Equal(InputCode.TooLarge, Refused(new PickleWriter().Ops(new string('(', InputLimits.PickleStack + 1)).Ops(".")).Code);
        Assert.Contains("protocol 6", Refused(new PickleWriter(6).Ops("N.")).Message, StringComparison.Ordinal);
        using var newest = Open(new PickleWriter(5).Ops("}."));
        Assert.Empty(newest.Names);
    }

    [Fact]
    public void A_storage_has_one_type_and_a_tensor_no_hooks()
    {
        var a = new TorchTensor("a", [4], [1, 2, 3, 4]);
        var both = new PickleWriter().Ops("}(").Text("a").Tensor(a, "0").Text("b").Tensor(a with { Type = StoredType.I32 }, "0").Ops("u.");
        var two = Refused(both);
        Assert.Equal(InputCode.Damaged, two.Code);
        Assert.Contains("two types", two.Message, StringComparison.Ordinal);
        var hooks = new PickleWriter().Global("torch._utils", "_rebuild_tensor_v2").Ops("(").Storage("FloatStorage", "0", 4).Whole(0);
        hooks.Wholes([4]).Wholes([1]).Raw(0x89).Ops("}").Whole(1).Ops("NstR.");
        Assert.Equal(InputCode.Unsafe, Refused(hooks).Code);
    }

    [Theory]
    [InlineData(100)]
    [InlineData((1 << 20) + 10)]
    public void A_changed_number_is_found_where_it_is_read(int count)
    {
        var tensor = new TorchTensor("whole", [count], [.. Enumerable.Range(0, count).Select(i => i / 7f)]) { Storage = "s" };
        byte[] file = TorchFiles.Zip(TorchFiles.Dictionary([tensor, tensor with { Name = "part", Shape = [10], Offset = 3 }]));
        byte[] found = tensor.Bytes[^12..];
        file[file.AsSpan().LastIndexOf(found) + 2] ^= 4;
        using var opened = TensorFile.Open(_folder.Write("x.pt", file));
        var error = Assert.Throws<InputException>(() => opened.Values("whole"));
        Assert.Equal(InputCode.Damaged, error.Code);
        Assert.Contains("'data/0' has a wrong checksum", error.Message, StringComparison.Ordinal);
        var copied = Assert.Throws<InputException>(() => opened.ReadStored("whole", new byte[tensor.Bytes.Length]));
        Assert.Equal(error.Message, copied.Message);
        // A part of a large storage is read without going through all of it.
        if (count * 4 > TorchFile.MostToCheck) Assert.Equal(10, opened.Values("part").Length);
        else Assert.Throws<InputException>(() => opened.Values("part"));
    }

    private static IEnumerable<long> Elements(TorchTensor tensor)
    {
        long count = tensor.Shape.Aggregate(1L, (product, length) => product * length);
        for (long flat = 0; flat < count; flat++)
        {
            long rest = flat, element = tensor.Offset;
            for (int axis = tensor.Shape.Length - 1; axis >= 0; axis--)
            {
                element += rest % tensor.Shape[axis] * tensor.WrittenStrides[axis];
                rest /= tensor.Shape[axis];
            }

            yield return element;
        }
    }
}
