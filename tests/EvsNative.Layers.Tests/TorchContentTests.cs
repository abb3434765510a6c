using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

/// <summary>Where the tensors of a PyTorch file are looked for, and what they are called.</summary>
public sealed class TorchContentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TorchTensor Tensor(string name, params float[] values) => new(name, [values.Length], values);

    private static Dictionary<string, object?> Of(params TorchTensor[] tensors) => TorchFiles.Dictionary(tensors);

    private TensorFile Open(object? content) => TensorFile.Open(TorchFiles.WriteZip(_folder["x.pt"], content));

    private InputException Refused(object? content) => Assert.Throws<InputException>(() => Open(content).Dispose());

    [Fact]
    public void The_same_tensors_in_every_container_are_equal()
    {
        var draw = new Draw(5);
        StoredType[] types = [StoredType.F32, StoredType.F16, StoredType.BF16, StoredType.F64];
        TorchTensor[] tensors = [.. types.Select(type => new TorchTensor($"{type}.weight", [3, 70, 500], draw.Normals(105_000), type))];
        var header = new List<string>();
        long at = 0;
        foreach (var tensor in tensors)
        {
            string shape = string.Join(',', tensor.Shape);
            header.Add(RawSafetensors.Entry(tensor.Name, tensor.Type.Word(), shape, at, at += tensor.Bytes.Length));
        }

        byte[] json = System.Text.Encoding.UTF8.GetBytes($"{{{string.Join(',', header)}}}");
        byte[] data = [.. tensors.SelectMany(tensor => tensor.Bytes)];
        using var safetensors = TensorFile.Open(_folder.Write("x.safetensors", RawSafetensors.File(json, data)));
        using var zip = TensorFile.Open(TorchFiles.WriteZip(_folder["x.ckpt"], tensors));
        using var legacy = TensorFile.Open(TorchFiles.WriteLegacy(_folder["y.ckpt"], tensors));
        Assert.Equal("safetensors", safetensors.Format);
        foreach (string name in safetensors.Names)
        {
            Assert.Equal(safetensors.Values(name), zip.Values(name));
            Assert.Equal(safetensors.Values(name), legacy.Values(name));
            Assert.Equal(safetensors.StorageOf(name), zip.StorageOf(name));
            Assert.Equal(safetensors.FindShape(name, []), legacy.FindShape(name, []));
        }
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model")]
    [InlineData("params_ema")]
    [InlineData("module")]
    public void A_dictionary_that_a_trainer_put_around_is_gone_through(string wrapper)
    {
        var around = new Dictionary<string, object?> { ["epoch"] = 3, [wrapper] = Of(Tensor("a", 1)), ["lr"] = 0.5, ["on"] = true };
        using var file = Open(around);
        Assert.Equal(["a"], file.Names);
        Assert.Equal(["epoch", "lr", "on"], file.Others);
        Assert.Equal(("3", "0.5", "True"), (file.Metadata["epoch"], file.Metadata["lr"], file.Metadata["on"]));
    }

    [Fact]
    public void Of_several_the_first_of_the_list_is_taken_and_the_rest_is_listed()
    {
        var content = new Dictionary<string, object?>
        {
            ["params"] = Of(Tensor("a", 1)),
            ["params_ema"] = Of(Tensor("a", 2)),
            ["model"] = new Dictionary<string, object?> { ["size"] = 3 },
        };
        using var file = Open(content);
        Assert.Equal([2], file.Values("a"));
        Assert.Equal(["params", "model"], file.Others);
    }

    [Fact]
    public void Wrappers_may_stand_in_one_another()
    {
        var inner = new Dictionary<string, object?> { ["model"] = Of(Tensor("a", 1)), ["step"] = 5 };
        using var file = Open(new Dictionary<string, object?> { ["state_dict"] = inner, ["epoch"] = 1 });
        Assert.Equal(["a"], file.Names);
        Assert.Equal(["epoch", "state_dict.step"], file.Others);
        Assert.Equal("5", file.Metadata["state_dict.step"]);
    }

    [Theory]
    [InlineData("module.", "module.a", "module.b.c", "a", "b.c")]
    [InlineData("both", "_orig_mod.module.a", "_orig_mod.module.b", "a", "b")]
    [InlineData("not of all", "module.a", "b", "module.a", "b")]
    public void A_prefix_of_all_names_is_taken_off(string about, string a, string b, string newA, string newB)
    {
        using var file = Open(Of(Tensor(a, 1), Tensor(b, 2)));
        Assert.True(file.Names.SequenceEqual([newA, newB]), about);
        Assert.Equal([2], file.Values(newB));
    }

    [Fact]
    public void A_textual_inversion_has_dotted_names()
    {
        using var file = Open(new Dictionary<string, object?>
        {
            ["string_to_token"] = new Dictionary<string, object?> { ["*"] = 265 },
            ["string_to_param"] = new Dictionary<string, object?> { ["*"] = new TorchTensor("*", [1, 3], [1, 2, 3]) },
            ["name"] = "cat-toy",
            ["step"] = 500,
            ["sd_checkpoint"] = null,
        });
        Assert.Equal(["string_to_param.*"], file.Names);
        Assert.Equal([1, 2, 3], file.Values("string_to_param.*"));
        Assert.Equal(("cat-toy", "500"), (file.Metadata["name"], file.Metadata["step"]));
        Assert.Equal(["string_to_token", "name", "step", "sd_checkpoint"], file.Others);
        using var plain = TensorFile.Open(TorchFiles.WriteZip(_folder["learned_embeds.bin"], [Tensor("<cat-toy>", 1, 2)]));
        Assert.Equal(["<cat-toy>"], plain.Names);
    }

    [Fact]
    public void Lists_are_numbered_and_keys_may_be_numbers()
    {
        using var file = Open(new Dictionary<object, object?> { [768L] = new List<object?> { Of(Tensor("a", 1)), Of(Tensor("a", 2)) } });
        Assert.Equal(["768.0.a", "768.1.a"], file.Names);
        using var row = TensorFile.Open(TorchFiles.WriteLegacy(_folder["row.pt"], new List<object?> { Tensor("", 1), Tensor("", 2) }));
        Assert.Equal([2], row.Values("1"));
        using var one = TensorFile.Open(TorchFiles.WriteZip(_folder["one.pt"], (object?)Tensor("", 7)));
        Assert.Equal([7], one.Values("tensor"));
    }

    [Fact]
    public void A_file_without_tensors_has_none()
    {
        using var file = Open(new Dictionary<string, object?> { ["state_dict"] = Of(), ["epoch"] = 3 });
        Assert.Empty(file.Names);
        Assert.Equal(["state_dict", "epoch"], file.Others);
    }

    [Fact]
    public void Two_tensors_of_one_name_are_refused()
    {
        var error = Refused(new Dictionary<string, object?> { ["a"] = Of(Tensor("b", 1)), ["a.b"] = Tensor("a.b", 2) });
        Assert.Equal(InputCode.Damaged, error.Code);
        Assert.Contains("two tensors of the name 'a.b'", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Nine dictionaries, each nine times in the next: a file of 500 bytes that would unfold to 387 million names.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_stands_in_many_places_does_not_unfold(bool hasTensors)
    {
        var pickle = new PickleWriter().Ops("](}").Text("a");
        if (hasTensors) pickle.Tensor(Tensor("a", 1), "0");
        else pickle.Ops("N");
        pickle.Ops("s").Raw((byte)'q', 0);
        for (byte level = 1; level < 10; level++)
        {
            pickle.Ops("}(");
            for (byte i = 0; i < 9; i++) pickle.Text($"{i}").Raw((byte)'h', (byte)(level - 1));
            pickle.Ops("u").Raw((byte)'q', level);
        }

        byte[] file = TorchFiles.Zip(pickle.Ops("e.").Bytes, [("0", new byte[4])]);
        string path = _folder.Write("x.pt", file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(InputCode.TooLarge, Assert.Throws<InputException>(() => TensorFile.Open(path).Dispose()).Code);
        long most = (InputLimits.OpeningFactor * (long)file.Length) + InputLimits.OpeningBytes;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, most);
    }
}
