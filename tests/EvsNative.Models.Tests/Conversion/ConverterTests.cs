using EvsNative.Layers;
using EvsNative.Models.Sampling;
using EvsNative.Models.Tests.Checkpoints;
using EvsNative.Testing;
using TorchTensor = EvsNative.Testing.TorchTensor;

namespace EvsNative.Models.Tests.Conversion;

/// <summary>Weights written anew: the same bits where the type stays, rounded where it does not, and nothing where it fails.</summary>
public sealed class ConverterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_type_keeps_its_bits_and_the_file_its_words()
    {
        var types = Enum.GetValues<StoredType>();
        string input = WriteBytes("in.safetensors", [.. types.Select(type => (type.Word(), new long[] { 3 }, type))]);
        var result = Convert(input, "out.safetensors");
        Assert.Equal((ConversionLayout.Keep, types.Length), (result.Layout, result.Tensors));
        Assert.Empty(result.Notices);
        using SafetensorsFile from = SafetensorsFile.Open(input), to = SafetensorsFile.Open(_folder["out.safetensors"]);
        Assert.Equal(("yes", "pt"), (to.Metadata["note"], to.Metadata["format"]));
        foreach (var (name, tensor) in from.Tensors) Assert.Equal(Bytes(from, name), Bytes(to, name));
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
            ["state_dict"] = TorchFiles.Dictionary(tensors), ["optimizer_states"] = new List<object?> { 1, 2 },
        };
        string input = _folder["in.ckpt"];
        if (isLegacy) TorchFiles.WriteLegacy(input, content);
        else TorchFiles.WriteZip(input, content);
        Convert(input, "out.safetensors");
        using var to = SafetensorsFile.Open(_folder["out.safetensors"]);
        Assert.Equal(tensors.Select(tensor => tensor.Name).Order(), to.Tensors.Keys.Order());
        foreach (var tensor in tensors.SkipLast(2)) Assert.Equal(tensor.Bytes, Bytes(to, tensor.Name));
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

        var result = Convert(input, "out.safetensors", r => r with { Type = type });
        using var to = SafetensorsFile.Open(_folder["out.safetensors"]);
        Assert.Equal(values.Select(value => Rounded(type, value)), to.Values("w"));
        Assert.Equal(values.Select(value => Rounded(type, (float)(Half)value)), to.Values("half"));
        Assert.Equal((StoredType.I64, type, type), (to.Tensors["ids"].Type, to.Tensors["w"].Type, to.Tensors["half"].Type));
        Assert.Equal(Enumerable.Range(0, 16).Select(i => (byte)i), Bytes(to, "ids"));
        // Copied bytes are not looked at; numbers that were rounded are.
        var said = Assert.Single(result.Notices);
        Assert.Equal(NoticeCode.Suspicious, said.Code);
        Assert.Contains($"{(type == StoredType.BF16 ? 2 : 1)} tensors hold NaN", said.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_too_large_is_named_with_its_tensor_and_leaves_nothing()
    {
        SafetensorsWriter.Save(_folder["in.safetensors"], [("a", [1], [1]), ("big.weight", [2], [1, 1e5f])]);
        var error = Refuses(InputCode.OutOfRange, _folder["in.safetensors"], "out.safetensors", r => r with { Type = StoredType.F16 });
        Assert.Contains("'big.weight' holds 1E+05", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_s_folder_becomes_one_file_and_a_folder_again()
    {
        string model = Model();
        Edit(Path.Combine(model, "scheduler", "scheduler_config.json"), text => text.Replace("0.012", "0.013", StringComparison.Ordinal));
        var result = Convert(model, "model.safetensors");
        Assert.Equal(ConversionLayout.Original, result.Layout);
        Assert.Contains("motion modules have no place", Assert.Single(result.Notices).Message, StringComparison.Ordinal);
        Convert(_folder["model.safetensors"], "copy", r => r with { Tokenizer = Path.Combine(model, "tokenizer") });
        Convert(_folder["copy"], "again.safetensors");
        using ModelParts from = Open(model), single = Open(_folder["model.safetensors"]), to = Open(_folder["copy"]);
        AssertSame(from, single);
        AssertSame(from, to);
        Assert.Equal(0.013, to.ImageScheduler.BetaEnd);
        using SafetensorsFile first = SafetensorsFile.Open(_folder["model.safetensors"]),
            second = SafetensorsFile.Open(_folder["again.safetensors"]);
        Assert.Contains("first_stage_model.decoder.mid.attn_1.q.weight", first.Tensors.Keys);
        Assert.Equal(4, first.Tensors["first_stage_model.decoder.mid.attn_1.q.weight"].Shape.Count);
        Assert.Equal(first.Tensors.Keys, second.Tensors.Keys);
        Assert.All(first.Tensors.Keys, name => Assert.Equal(Bytes(first, name), Bytes(second, name)));
        using var vae = SafetensorsFile.Open(_folder["copy/vae/diffusion_pytorch_model.safetensors"]);
        Assert.Equal(2, vae.Tensors["decoder.mid_block.attentions.0.to_q.weight"].Shape.Count);
        Assert.Equal(4, vae.Tensors["post_quant_conv.weight"].Shape.Count);
    }

    [Fact]
    public void A_folder_written_anew_is_the_same_model()
    {
        string model = Model();
        Assert.Equal(ConversionLayout.Diffusers, Convert(model, "copy").Layout);
        using ModelParts from = ModelParts.Open(model, null), to = ModelParts.Open(_folder["copy"], null);
        AssertSame(from, to);
        Assert.Equal(from.MotionProfile, to.MotionProfile);
        const string prompt = "a red fox, 12 m";
        Assert.Equal(((ClipTokenizer)from.Tokenizer).Encode(prompt).Ids, ((ClipTokenizer)to.Tokenizer).Encode(prompt).Ids);
    }

    [Fact]
    public void A_checkpoint_whose_vocabulary_is_nowhere_becomes_a_folder_without_one_and_a_line_says_so()
    {
        Convert(Model(), "model.safetensors");
        Directory.Delete(_folder["model"], recursive: true);
        var result = Convert(_folder["model.safetensors"], "copy");
        Assert.False(Directory.Exists(_folder["copy/tokenizer"]));
        Assert.DoesNotContain("CLIPTokenizer", File.ReadAllText(_folder["copy/model_index.json"]), StringComparison.Ordinal);
        Assert.Contains("--tokenizer", Assert.Single(result.Notices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_autoencoder_takes_the_place_of_a_model_s()
    {
        string model = Model(), other = _folder["other"];
        Convert(Path.Combine(model, "vae"), "other", r => r with { Type = StoredType.BF16 });
        Convert(model, "copy", r => r with { Vae = other });
        using ModelParts from = Open(model), to = Open(_folder["copy"]);
        using var vae = SafetensorsFile.Open(Path.Combine(other, "diffusion_pytorch_model.safetensors"));
        Assert.All(to.Vae.Weights.Names, name => Assert.Equal(Bytes(vae, name), Bytes(to.Vae.Weights, name)));
        Assert.All(to.UNet.Weights.Names, name => Assert.Equal(Bytes(from.UNet.Weights, name), Bytes(to.UNet.Weights, name)));
    }

    [Fact]
    public void LoRAs_become_part_of_the_model_and_what_they_do_not_touch_keeps_its_bits()
    {
        const string layer = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
        string module = $"lora_unet_{layer.Replace('.', '_')}", model = Model();
        var draw = new Draw(5);
        float[] down = draw.Normals(2 * 64), up = draw.Normals(64 * 2);
        SafetensorsWriter.Save(
            _folder["snow.safetensors"],
            [($"{module}.lora_down.weight", [2, 64], down), ($"{module}.lora_up.weight", [64, 2], up), ($"{module}.alpha", [1], [1])]);
        Convert(model, "copy", r => r with { Loras = [new LoraChoice(_folder["snow.safetensors"], 0.5)] });
        using ModelParts from = Open(model), to = Open(_folder["copy"]);
        IWeightFile before = from.UNet.Weights, after = to.UNet.Weights;
        string changed = Assert.Single(before.Names, name => !Bytes(before, name).SequenceEqual(Bytes(after, name)));
        Assert.Equal($"{layer}.weight", changed);
        float[] weights = new float[64 * 64], merged = new float[64 * 64];
        before.Read(changed, [64, 64], weights);
        after.Read(changed, [64, 64], merged);
        for (int i = 0; i < weights.Length; i++)
        {
            double sum = (up[2 * (i / 64)] * (double)down[i % 64]) + (up[(2 * (i / 64)) + 1] * (double)down[64 + (i % 64)]);
            Assert.Equal((float)(Half)(weights[i] + (0.25 * sum)), merged[i], 1e-3f);
        }
    }

    [Fact]
    public void An_autoencoder_changes_its_names_and_back()
    {
        string vae = Path.Combine(Model(), "vae");
        Convert(vae, "vae.safetensors", r => r with { Layout = ConversionLayout.Original });
        Convert(_folder["vae.safetensors"], "again");
        using SafetensorsFile from = SafetensorsFile.Open(Path.Combine(vae, "diffusion_pytorch_model.safetensors")),
            original = SafetensorsFile.Open(_folder["vae.safetensors"]),
            to = SafetensorsFile.Open(_folder["again/diffusion_pytorch_model.safetensors"]);
        Assert.Contains("decoder.mid.attn_1.proj_out.weight", original.Tensors.Keys);
        Assert.Equal(from.Tensors.Keys.Order(), to.Tensors.Keys.Order());
        Assert.All(from.Tensors.Values, tensor => Assert.Equal(
            (string.Join(',', tensor.Shape), System.Convert.ToHexString(Bytes(from, tensor.Name))),
            (string.Join(',', to.Tensors[tensor.Name].Shape), System.Convert.ToHexString(Bytes(to, tensor.Name)))));
        using ModelParts one = Open(_folder["model"]), other = ModelParts.Open(
            new ModelRequest(_folder["model"]) { NeedsMotion = false, Vae = _folder["again"] });
        Assert.Equal(one.Vae.ConfigText(), other.Vae.ConfigText());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Motion_modules_stay_what_they_are_said_to_be_whatever_the_file_is_called(string kind)
    {
        string input = _folder["somebody-s.safetensors"];
        SafetensorsWriter.Save(input, MotionTensors.Of([32], 1, hasMid: true, null).Select(t => (t.Name, t.Shape, Values(t.Name, t.Shape))));
        foreach (string output in (string[])["a.safetensors", "b"])
        {
            Convert(input, output, r => r with { Layout = ConversionLayout.Diffusers, MotionKind = MotionKind.Parse(kind) });
            using var files = new WeightFiles();
            Assert.Equal(MotionKind.Parse(kind).Profile, MotionRecognition.KindOf(MotionAdapterFile.Open(files, _folder[output]).Facts).Profile);
        }
    }

    public static TheoryData<string> Kinds => [.. MotionKind.Words];

    [Theory]
    [InlineData("adapter", false)]
    [InlineData("adapter.safetensors", false)]
    [InlineData("adapter", true)]
    public void Motion_modules_get_diffusers_names_and_their_tables(string output, bool haveOwnTables)
    {
        var tensors = MotionTensors.Of([32, 64], 1, hasMid: true, 24).ToList();
        string input = _folder["animatediff.safetensors"];
        SafetensorsWriter.Save(input, tensors.SelectMany(tensor =>
            MotionTensors.Original(tensor.Name).Select(name => (name, tensor.Shape, Content(tensor.Name, tensor.Shape)))));
        var result = Convert(input, output, r => r with { Layout = ConversionLayout.Diffusers });
        Assert.Equal(tensors.Count, result.Tensors);
        string file = output.EndsWith("safetensors", StringComparison.Ordinal)
            ? _folder[output]
            : Path.Combine(_folder[output], "diffusion_pytorch_model.safetensors");
        using var written = SafetensorsFile.Open(file);
        Assert.Equal(tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal), written.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, shape) in tensors)
        {
            Assert.Equal(shape, written.Tensors[name].Shape);
            Assert.Equal(Content(name, shape), written.Values(name));
        }

        using WeightFiles files = new(), other = new();
        Assert.Equal(MotionAdapterFile.Open(files, input).ConfigText(), MotionAdapterFile.Open(other, _folder[output]).ConfigText());

        float[] Content(string name, long[] shape) => ComputedTables.Contains(name) && !haveOwnTables
            ? Sinusoids.Positions((int)shape[1], (int)shape[2])
            : Values(name, shape);
    }

    [Fact]
    public void The_folder_of_one_network_becomes_a_file_and_a_folder_of_another_type()
    {
        string vae = Path.Combine(Model(), "vae");
        Convert(vae, "vae.safetensors", r => r with { Type = StoredType.BF16 });
        Convert(vae, "wide", r => r with { Type = StoredType.F32 });
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
        string input = _folder["in.safetensors"], model = Model();
        SafetensorsWriter.Save(input, [("a", [1], [1])]);
        Convert(input, "out.safetensors");
        Convert(model, "copy");
        Refuses(InputCode.Exists, input, "out.safetensors");
        Refuses(InputCode.Exists, model, "copy");
        Convert(input, "out.safetensors", r => r with { Force = true, Type = StoredType.F16 });
        Convert(model, "copy", r => r with { Force = true });

        SafetensorsWriter.Save(_folder["theirs.safetensors"], [("a", [1], [1])]);
        Refuses(InputCode.Exists, input, "theirs.safetensors", r => r with { Force = true });
        Refuses(InputCode.Exists, input, "model/unet/diffusion_pytorch_model.safetensors", r => r with { Force = true });
        Refuses(InputCode.Exists, model, "model", r => r with { Force = true });
        File.WriteAllText(_folder["copy/unet/notes.txt"], "precious");
        Refuses(InputCode.Exists, model, "copy", r => r with { Force = true });
        foreach (string name in (string[])["vocab.json", "merges.txt"]) File.WriteAllText(_folder[$"words/{name}"], "{}");
        Refuses(InputCode.Exists, model, "words", r => r with { Force = true });
    }

    [Fact]
    public void What_makes_no_sense_is_refused_in_a_line()
    {
        string file = _folder["in.safetensors"], model = Model(), text = _folder.Write("notes.txt", "hello world"u8);
        SafetensorsWriter.Save(file, [("a", [1], [1])]);
        Refuses(InputCode.WrongKind, file, "out.ckpt");
        Refuses(InputCode.WrongKind, file, "out.GGUF");
        Refuses(InputCode.Unsupported, file, "out.safetensors", r => r with { Type = StoredType.I8 });
        Refuses(InputCode.Conflict, file, "out.safetensors", r => r with { Vae = model });
        Refuses(InputCode.Conflict, model, "out.safetensors", r => r with { Layout = ConversionLayout.Diffusers });
        Refuses(InputCode.Conflict, model, "out", r => r with { Layout = ConversionLayout.Original });
        Refuses(InputCode.Unsupported, file, "out");
        Refuses(InputCode.NotFound, _folder["nothing"], "out.safetensors");
        Refuses(InputCode.WrongKind, text, "out.safetensors");
        Refuses(InputCode.WrongKind, Directory.CreateDirectory(_folder["empty"]).FullName, "out");
        Refuses(InputCode.NotWritable, file, "nowhere/deep/out.safetensors", makesFolder: false);
    }

    [Fact]
    public void Stopping_leaves_nothing_behind()
    {
        string model = Model();
        using var stop = new CancellationTokenSource();
        string[] before = Directory.GetFileSystemEntries(_folder.Path);
        Assert.Throws<OperationCanceledException>(() => Converter.Convert(
            new ConversionRequest(model, Path.Combine(_folder.Path, "copy")), (_, share) => { if (share > 0.5) stop.Cancel(); }, stop.Token));
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path));
    }

    private static float Rounded(StoredType type, float value)
    {
        byte[] bytes = new byte[type.Bytes()];
        float[] read = new float[1];
        FloatWriter.Write(type, [value], bytes);
        FloatReader.Read(type, bytes, read);
        return read[0];
    }

    private static float[] Values(string name, long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        new FormulaWeights().Read(name, shape, values);
        return values;
    }

    private static byte[] Bytes(IWeightFile file, string name)
    {
        byte[] bytes = new byte[file.FindStored(name)!.Bytes];
        file.ReadStored(name, bytes);
        return bytes;
    }

    private static void AssertSame(ModelParts from, ModelParts to)
    {
        foreach (var (one, other) in from.Networks.Zip(to.Networks))
        {
            Assert.Equal(one.ConfigText(), other.ConfigText());
            Assert.Equal(one.Weights.Names.Order(), other.Weights.Names.Order());
            Assert.All(one.Weights.Names, name => Assert.Equal(Bytes(one.Weights, name), Bytes(other.Weights, name)));
        }

        Assert.Equal(from.ImageScheduler, to.ImageScheduler);
    }

    private static ModelParts Open(string path) =>
        ModelParts.Open(new ModelRequest(path) { NeedsMotion = false, NeedsTokenizer = false });

    private static void Edit(string file, Func<string, string> edit) => File.WriteAllText(file, edit(File.ReadAllText(file)));

    /// <summary>A copy of the embedded model.</summary>
    private string Model()
    {
        string origin = Repository.File("weights", "evs-tiny");
        foreach (string file in Directory.EnumerateFiles(origin, "*", SearchOption.AllDirectories))
            File.Copy(file, _folder[Path.Combine("model", Path.GetRelativePath(origin, file))]);
        return _folder["model"];
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

    private ConversionResult Convert(string input, string output, Func<ConversionRequest, ConversionRequest>? change = null) =>
        Converter.Convert((change ?? (request => request))(new ConversionRequest(input, _folder[output])), null,
            TestContext.Current.CancellationToken);

    private InputException Refuses(
        InputCode code, string input, string output, Func<ConversionRequest, ConversionRequest>? change = null, bool makesFolder = true)
    {
        string place = makesFolder ? _folder[output] : Path.Combine(_folder.Path, output);
        string[] before = Content();
        var error = Assert.Throws<InputException>(() => Converter.Convert(
            (change ?? (request => request))(new ConversionRequest(input, place)), null, TestContext.Current.CancellationToken));
        Assert.True(error.Code == code, $"{error.Code}: {error.Message}");
        Assert.Equal(before, Content());
        return error;

        string[] Content() => [.. Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Order()];
    }
}
