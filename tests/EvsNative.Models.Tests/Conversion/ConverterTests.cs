using EvsNative.Layers;
using EvsNative.Testing;
using TorchTensor = EvsNative.Testing.TorchTensor;

namespace EvsNative.Models.Tests.Conversion;

/// <summary>Weights written anew: the same bits where the type stays, rounded where it does not, and nothing where it fails.</summary>
public sealed class ConverterTests : IDisposable
{
    private readonly Conversions _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_type_keeps_its_bits_and_the_file_its_words()
    {
        var types = Enum.GetValues<StoredType>();
        string input = WriteBytes("in.safetensors", [.. types.Select(type => (type.Word(), new long[] { 3 }, type))]);
        var result = _folder.Convert(input, "out.safetensors");
        Assert.Equal((ConversionLayout.Keep, types.Length), (result.Layout, result.Tensors));
        Assert.Empty(result.Notices);
        using SafetensorsFile from = SafetensorsFile.Open(input), to = SafetensorsFile.Open(_folder["out.safetensors"]);
        Assert.Equal(("yes", "pt"), (to.Metadata["note"], to.Metadata["format"]));
        foreach (var (name, tensor) in from.Tensors) Assert.Equal(Conversions.Bytes(from, name), Conversions.Bytes(to, name));
        Assert.Equal(from.Tensors.Values.Select(Facts).Order(), to.Tensors.Values.Select(Facts).Order());
        Assert.All(to.Tensors.Values.Cast<SafetensorsTensor>(), tensor => Assert.Equal(0, tensor.Begin % tensor.Type.Bytes()));

        static string Facts(StoredTensor tensor) => $"{tensor.Name} {tensor.Type} {tensor.Shape[0]}";
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pickle_becomes_safetensors_with_the_same_bits(bool isLegacy)
    {
        var types = Enum.GetValues<StoredType>().Except(
            [StoredType.F8E4M3, StoredType.F8E5M2, StoredType.U16, StoredType.U32, StoredType.U64]);
        TorchTensor[] tensors =
        [
            .. types.Select(type => new TorchTensor($"of.{type}", [3], [0, 1, 1], type)),
            new("turned", [2, 3], [1, 2, 3, 4, 5, 6], StoredType.BF16) { Strides = [1, 2] },
            new("part", [2], [1, 2, 3, 4], StoredType.F16) { Offset = 1 },
        ];
        var content = new Dictionary<string, object?>
        {
            ["state_dict"] = TorchFiles.Dictionary(tensors),
            ["optimizer_states"] = new List<object?> { 1, 2 },
        };
        string input = _folder["in.ckpt"];
        if (isLegacy) TorchFiles.WriteLegacy(input, content);
        else TorchFiles.WriteZip(input, content);
        _folder.Convert(input, "out.safetensors");
        using var to = SafetensorsFile.Open(_folder["out.safetensors"]);
        Assert.Equal(tensors.Select(tensor => tensor.Name).Order(), to.Tensors.Keys.Order());
        foreach (var tensor in tensors.SkipLast(2)) Assert.Equal(tensor.Bytes, Conversions.Bytes(to, tensor.Name));
        Assert.Equal((StoredType.BF16, StoredType.F16), (to.Tensors["turned"].Type, to.Tensors["part"].Type));
        Assert.Equal([1, 3, 5, 2, 4, 6], to.Values("turned"));
        Assert.Equal([2, 3], to.Values("part"));
    }

    [Theory]
    [InlineData(StoredType.F16)]
    [InlineData(StoredType.BF16)]
    [InlineData(StoredType.F32)]
    public void Numbers_change_their_type_and_whole_numbers_do_not(StoredType type)
    {
        float[] values = [1, -2.5f, 0.1f, 1e-7f, float.NaN, float.PositiveInfinity];
        string input = _folder["in.safetensors"];
        SafetensorsPlan[] plan = [new("w", [2, 3]), new("half", [6], StoredType.F16), new("ids", [2], StoredType.I64)];
        using (var writer = new SafetensorsWriter(input, plan))
        {
            writer.Append(values);
            writer.Append(values);
            writer.AppendStored(Enumerable.Range(0, 16).Select(i => (byte)i).ToArray());
            writer.Complete();
        }

        var result = _folder.Convert(input, "out.safetensors", r => r with { Type = type });
        using var to = SafetensorsFile.Open(_folder["out.safetensors"]);
        Assert.Equal(values.Select(value => Conversions.Rounded(type, value)), to.Values("w"));
        Assert.Equal(values.Select(value => Conversions.Rounded(type, (float)(Half)value)), to.Values("half"));
        Assert.Equal((StoredType.I64, type, type), (to.Tensors["ids"].Type, to.Tensors["w"].Type, to.Tensors["half"].Type));
        Assert.Equal(Enumerable.Range(0, 16).Select(i => (byte)i), Conversions.Bytes(to, "ids"));
        // Copied bytes are not looked at; numbers that were rounded are.
        var said = Assert.Single(result.Notices);
        Assert.Equal(NoticeCode.Suspicious, said.Code);
        Assert.Contains($"{(type == StoredType.BF16 ? 2 : 1)} tensors hold NaN", said.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_too_large_is_named_with_its_tensor_and_leaves_nothing()
    {
        SafetensorsWriter.Save(_folder["in.safetensors"], [("a", [1], [1]), ("big.weight", [2], [1, 1e5f])]);
        var error = _folder.Refuses(
            InputCode.OutOfRange, _folder["in.safetensors"], "out.safetensors", r => r with { Type = StoredType.F16 });
        Assert.Contains("'big.weight' holds 1E+05", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_folder_of_one_network_becomes_a_file_and_a_folder_of_another_type()
    {
        string vae = Path.Combine(_folder.Model(), "vae");
        _folder.Convert(vae, "vae.safetensors", r => r with { Type = StoredType.BF16 });
        _folder.Convert(vae, "wide", r => r with { Type = StoredType.F32 });
        using SafetensorsFile file = SafetensorsFile.Open(_folder["vae.safetensors"]),
            folder = SafetensorsFile.Open(_folder["wide/diffusion_pytorch_model.safetensors"]),
            from = SafetensorsFile.Open(Path.Combine(vae, "diffusion_pytorch_model.safetensors"));
        Assert.Equal(from.Tensors.Keys.Order(), file.Tensors.Keys.Order());
        Assert.All(file.Tensors.Values, tensor => Assert.Equal(StoredType.BF16, tensor.Type));
        Assert.All(from.Tensors.Keys, name => Assert.Equal(from.Values(name), folder.Values(name)));
    }

    [Fact]
    public void What_a_conversion_wrote_is_replaced_on_demand_and_nothing_else_ever()
    {
        string input = _folder["in.safetensors"], model = _folder.Model();
        SafetensorsWriter.Save(input, [("a", [1], [1])]);
        _folder.Convert(input, "out.safetensors");
        _folder.Convert(model, "copy");
        _folder.Refuses(InputCode.Exists, input, "out.safetensors");
        _folder.Refuses(InputCode.Exists, model, "copy");
        _folder.Convert(input, "out.safetensors", r => r with { Force = true, Type = StoredType.F16 });
        _folder.Convert(model, "copy", r => r with { Force = true });

        SafetensorsWriter.Save(_folder["theirs.safetensors"], [("a", [1], [1])]);
        _folder.Refuses(InputCode.Exists, input, "theirs.safetensors", r => r with { Force = true });
        _folder.Refuses(InputCode.Exists, input, "model/unet/diffusion_pytorch_model.safetensors", r => r with { Force = true });
        _folder.Refuses(InputCode.Exists, model, "model", r => r with { Force = true });
        File.WriteAllText(_folder["copy/unet/notes.txt"], "precious");
        _folder.Refuses(InputCode.Exists, model, "copy", r => r with { Force = true });
        foreach (string name in (string[])["vocab.json", "merges.txt"]) File.WriteAllText(_folder[$"words/{name}"], "{}");
        _folder.Refuses(InputCode.Exists, model, "words", r => r with { Force = true });
    }

    [Fact]
    public void What_makes_no_sense_is_refused_in_a_line()
    {
        string file = _folder["in.safetensors"], model = _folder.Model(), text = _folder.Write("notes.txt", "hello world"u8);
        SafetensorsWriter.Save(file, [("a", [1], [1])]);
        _folder.Refuses(InputCode.WrongKind, file, "out.ckpt");
        _folder.Refuses(InputCode.WrongKind, file, "out.GGUF");
        _folder.Refuses(InputCode.Unsupported, file, "out.safetensors", r => r with { Type = StoredType.I8 });
        _folder.Refuses(InputCode.Conflict, file, "out.safetensors", r => r with { Vae = model });
        _folder.Refuses(InputCode.Conflict, model, "out.safetensors", r => r with { Layout = ConversionLayout.Diffusers });
        _folder.Refuses(InputCode.Conflict, model, "out", r => r with { Layout = ConversionLayout.Original });
        var refusal = _folder.Refuses(InputCode.Unsupported, file, "out.safetensors", r => r with { Layout = ConversionLayout.Diffusers });
        Assert.Contains("leave out --layout", refusal.Message, StringComparison.Ordinal);
        _folder.Refuses(InputCode.Unsupported, file, "out");
        _folder.Refuses(InputCode.NotFound, _folder["nothing"], "out.safetensors");
        _folder.Refuses(InputCode.WrongKind, text, "out.safetensors");
        _folder.Refuses(InputCode.WrongKind, Directory.CreateDirectory(_folder["empty"]).FullName, "out");
        _folder.Refuses(InputCode.NotWritable, file, "nowhere/deep/out.safetensors", makesFolder: false);
    }

    [Fact]
    public void Stopping_leaves_nothing_behind()
    {
        string model = _folder.Model();
        using var stop = new CancellationTokenSource();
        string[] before = Directory.GetFileSystemEntries(_folder.Path);
        var request = new ConversionRequest(model, Path.Combine(_folder.Path, "copy"));
        Assert.Throws<OperationCanceledException>(() => Converter.Convert(request, StopHalfway, stop.Token));
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path));

        void StopHalfway(string file, double share)
        {
            if (share > 0.5) stop.Cancel();
        }
    }

    private string WriteBytes(string name, IReadOnlyList<(string Name, long[] Shape, StoredType Type)> tensors)
    {
        var random = new Random(7);
        var metadata = new Dictionary<string, string> { ["note"] = "yes" };
        SafetensorsPlan[] plan = [.. tensors.Select(tensor => new SafetensorsPlan(tensor.Name, tensor.Shape, tensor.Type))];
        using var writer = new SafetensorsWriter(_folder[name], plan, metadata);
        foreach (var tensor in plan)
        {
            byte[] bytes = new byte[tensor.Bytes];
            random.NextBytes(bytes);
            writer.AppendStored(bytes);
        }

        return writer.Complete();
    }
}
