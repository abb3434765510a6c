using System.Security.Cryptography;
using System.Text;
using EvsNative.Layers;
using EvsNative.Models.Tests.Checkpoints;
using EvsNative.Models.Tests.Conversion;
using EvsNative.Testing;
using TorchTensor = EvsNative.Testing.TorchTensor;

namespace EvsNative.Models.Tests.Inspection;

/// <summary>What files and folders are said to be.</summary>
public sealed class InspectorTests : IDisposable
{
    private readonly Conversions _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_LoRA_is_counted_hashed_and_its_words_are_told()
    {
        string path = _folder["snow.safetensors"];
        var metadata = new Dictionary<string, string>
        {
            ["ss_tag_frequency"] = """{"10_a": {"snow": 7, "tree ": 3}, "5_b": {"tree": 9, "odd": "x"}, "c": 4}""",
            ["ss_long"] = new string('x', 5000),
        };
        SafetensorsPlan[] plan =
        [
            new("lora_unet_mid_block_attentions_0_proj_in.lora_down.weight", [4, 320], StoredType.F16),
            new("lora_unet_mid_block_attentions_0_proj_in.lora_up.weight", [320, 4], StoredType.BF16),
            new("lora_unet_mid_block_attentions_0_proj_in.alpha", [], StoredType.F32),
        ];
        using (var writer = new SafetensorsWriter(path, plan, metadata))
        {
            foreach (var tensor in plan) writer.Append(new float[tensor.Count]);
            writer.Complete();
        }

        var found = Inspect(path, r => r with { Match = "DOWN", ListsTensors = true });
        Assert.Equal(("lora", "safetensors", 3, 2561), (found.Kind, found.Format, found.Tensors, found.Numbers));
        Assert.Equal(["BF16", "F16", "F32"], found.Types.Select(type => type.Type));
        Assert.Equal([2560, 2560, 4], found.Types.Select(type => type.Bytes));
        Assert.Equal([new("tree", 12), new("snow", 7)], found.TriggerWords);
        Assert.InRange(found.Metadata["ss_long"].Length, 100, 600);
        var tensorLine = Assert.Single(found.TensorList!);
        Assert.Equal((plan[0].Name, "F16", 2560), (tensorLine.Name, tensorLine.Type, tensorLine.Bytes));
        Assert.Contains("--lora", found.Use, StringComparison.Ordinal);
        Assert.Equal("changes 1 modules by rank 4", Assert.Single(found.Notes));

        byte[] all = File.ReadAllBytes(path);
        int header = BitConverter.ToInt32(all);
        string sum = System.Convert.ToHexStringLower(SHA256.HashData(all));
        string data = System.Convert.ToHexStringLower(SHA256.HashData(all.AsSpan(8 + header)));
        Assert.Equal((sum, sum[..10], data[..12], "e3b0c442"),
            (found.Hashes!.Sha256, found.Hashes.AutoV2, found.Hashes.AutoV3, found.Hashes.AutoV1));
    }

    /// <summary>What no model can be changed by is not said to be of use, since a run would refuse it.</summary>
    [Theory]
    [InlineData("lora_up.weight", new long[] { 320, 4 }, "alpha", new long[] { 1 })]
    [InlineData("lora_up.weight", new long[] { 320, 4 }, "lora_down.weight", new long[] { 3, 320 })]
    [InlineData("hada_w1_a", new long[] { 320, 4 }, "hada_w1_b", new long[] { 4, 320 })]
    [InlineData("lokr_w1", new long[] { 8, 8 }, "lokr_w2_a", new long[] { 40, 4 })]
    [InlineData("alpha", new long[] { 1 }, "scale", new long[] { 1 })]
    public void A_LoRA_that_no_model_takes_is_told(string first, long[] shape, string second, long[] other)
    {
        string path = _folder["a.safetensors"];
        const string module = "lora_unet_mid_block_attentions_0_proj_in.";
        SafetensorsWriter.Save(path, [(module + first, shape, new float[shape.Aggregate(1L, (a, b) => a * b)]),
            (module + second, other, new float[other.Aggregate(1L, (a, b) => a * b)])]);
        var found = Inspect(path);
        Assert.False(found.IsUsable);
        Assert.NotNull(found.Fault);
    }

    [Fact]
    public void A_LoRA_of_another_family_is_not_sent_to_lora()
    {
        string path = _folder["a.safetensors"];
        SafetensorsPlan plan = new("lora_te2_text_model_encoder_layers_1_mlp_fc1.lora_up.weight", [8, 4], StoredType.F32);
        var metadata = new Dictionary<string, string> { ["ss_base_model_version"] = "sdxl_base_v1-0" };
        using (var writer = new SafetensorsWriter(path, [plan], metadata))
        {
            writer.Append(new float[plan.Count]);
            writer.Complete();
        }

        Assert.DoesNotContain("--lora", Inspect(path).Use, StringComparison.Ordinal);
    }

    [Fact]
    public void Hashes_cross_the_pieces_in_which_a_file_is_read()
    {
        string path = _folder["large.safetensors"];
        SafetensorsWriter.Save(path, [("a", [900_000], new Draw(3).Normals(900_000))]);
        byte[] all = File.ReadAllBytes(path);
        var hashes = Inspect(path, r => r with { Hashes = true }).Hashes!;
        Assert.Equal(System.Convert.ToHexStringLower(SHA256.HashData(all)), hashes.Sha256);
        Assert.Equal(System.Convert.ToHexStringLower(SHA256.HashData(all.AsSpan(8 + BitConverter.ToInt32(all)))), hashes.DataSha256);
        Assert.Equal(System.Convert.ToHexStringLower(SHA256.HashData(all.AsSpan(0x100000, 0x10000)))[..8], hashes.AutoV1);
    }

    [Fact]
    public void A_large_file_is_told_by_its_header_alone()
    {
        const long numbers = 1L << 31;
        string header = $$$"""{"x.weight":{"dtype":"F16","shape":[{{{numbers}}}],"data_offsets":[0,{{{2 * numbers}}}]}} """;
        byte[] text = Encoding.UTF8.GetBytes(header);
        string path = _folder.Write("large.safetensors", [.. BitConverter.GetBytes((long)text.Length), .. text]);
        using (var stream = File.OpenWrite(path)) stream.SetLength(8 + text.Length + (2 * numbers));
        long before = GC.GetAllocatedBytesForCurrentThread();
        var found = Inspect(path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.Equal((numbers, 8 + text.Length + (2 * numbers), "unknown"), (found.Numbers, found.Bytes, found.Kind));
        Assert.Equal((null, null), (found.Hashes!.Sha256, found.Hashes.DataSha256));
        Assert.Equal(8, found.Hashes.AutoV1.Length);
    }

    [Theory]
    [InlineData("motion_adapter", "motion-adapter", "--motion")]
    public void Motion_modules_are_told_with_their_habits(string name, string kind, string option)
    {
        var tensors = MotionTensors.Of([32, 64], 1, hasMid: true, 32).SelectMany(tensor => MotionTensors.Original(tensor.Name)
            .Select(name => (name, tensor.Shape, new float[tensor.Shape.Aggregate(1L, (product, length) => product * length)])));
        string path = _folder[$"AnimateDiff-Lightning/{name}_4step.safetensors"];
        SafetensorsWriter.Save(path, tensors);
        var found = Inspect(path);
        Assert.Equal((kind, "animate-diff-lightning", "animate-diff-original", "lightning-4", "path"),
            (found.Kind, found.Family, found.Layout, found.Motion, found.Evidence));
        Assert.Contains($"{option} {path}", found.Use, StringComparison.Ordinal);
        Assert.True(found.IsUsable);
        var part = Assert.Single(found.Parts);
        Assert.Equal(32, part.Config!.Value.GetProperty("motion_max_seq_length").GetInt32());
        Assert.Contains("computed", Assert.Single(found.Unused).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mid_block.", "incomplete", "is not complete")]
    [InlineData("down_blocks.0.", "incomplete", "is not complete")]
    [InlineData("down_blocks.1.motion_modules.1.proj_out.bias", "mismatch", "does not fit")]
    public void A_network_that_a_run_would_refuse_is_not_called_usable(string changed, string code, string line)
    {
        var tensors = MotionTensors.Of([32, 64], 2, hasMid: true, 32)
            .Where(tensor => code != "incomplete" || !tensor.Name.StartsWith(changed, StringComparison.Ordinal)
                || !tensor.Name.EndsWith("proj_in.bias", StringComparison.Ordinal))
            .Select(tensor => (tensor.Name, Shape: tensor.Name == changed ? [.. tensor.Shape, 7] : tensor.Shape))
            .Select(tensor => (tensor.Name, tensor.Shape, new float[tensor.Shape.Aggregate(1L, (product, length) => product * length)]));
        string path = _folder["lightning-4step.safetensors"];
        SafetensorsWriter.Save(path, tensors);
        var found = Inspect(path);
        Assert.Equal((false, code), (found.IsUsable, found.Fault?.Code));
        Assert.Contains(line, found.Fault!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vae", "--vae")]
    [InlineData("motion_adapter", "--motion")]
    [InlineData("unet", "text_encoder")]
    public void A_network_s_folder_alone_is_sent_where_it_belongs(string part, string wayOut)
    {
        _folder.Model();
        string Line(string path) =>
            Assert.Throws<InputException>(() => ModelParts.Open(new ModelRequest(path) { NeedsMotion = false })).Message;
        Assert.Contains("the folder above it", Line(_folder[$"model/{part}"]), StringComparison.Ordinal);
        Directory.Move(_folder[$"model/{part}"], _folder["alone"]);
        Assert.Contains(wayOut, Line(_folder["alone"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_s_folder_is_told_part_by_part()
    {
        _folder.Model();
        Directory.CreateDirectory(_folder["model/safety_checker"]);
        File.WriteAllText(_folder["model/safety_checker/config.json"], """{ "architectures": ["StableDiffusionSafetyChecker"] }""");
        var found = Inspect(_folder["model"]);
        Assert.Equal(("model-folder", "diffusers", true), (found.Kind, found.Layout, found.IsUsable));
        string[] parts = ["motion_adapter", "safety_checker", "scheduler", "text_encoder", "tokenizer", "unet", "vae"];
        Assert.Equal(parts, found.Parts.Select(part => part.Part));
        Assert.Equal("StableDiffusionSafetyChecker, which is not read", found.Parts[1].Is);
        var channels = found.Parts[5].Config!.Value.GetProperty("block_out_channels");
        Assert.Equal([64, 96, 128, 128], channels.EnumerateArray().Select(length => length.GetInt32()));
        Assert.EndsWith("unet/diffusion_pytorch_model.safetensors", found.Parts[5].Path, StringComparison.Ordinal);
        Assert.Contains("604 tokens", found.Parts[4].Is, StringComparison.Ordinal);
        Assert.Equal(found.Parts.Sum(part => part.Tensors), found.Types.Sum(type => type.Tensors));

        File.Delete(_folder["model/vae/config.json"]);
        var broken = Inspect(_folder["model"]);
        Assert.False(broken.IsUsable);
        Assert.Equal("incomplete", broken.Fault!.Code);
        Assert.Equal("not-found", broken.Parts[6].Fault!.Code);
    }

    [Fact]
    public void Folders_of_one_network_of_words_and_of_many_files_are_told()
    {
        _folder.Model();
        Assert.Contains("the folder of a VAE (AutoencoderKL)", Inspect(_folder["model/vae"]).Is, StringComparison.Ordinal);
        Assert.Equal("tokenizer", Inspect(_folder["model/tokenizer"]).Kind);
        Assert.Contains("UNet2DConditionModel", Inspect(_folder["model/unet/config.json"]).Is, StringComparison.Ordinal);
        File.Copy(_folder["model/vae/diffusion_pytorch_model.safetensors"], _folder["many/vae.safetensors"]);
        _folder.Write("many/page.ckpt", "<!DOCTYPE html><html></html>"u8);
        var many = Inspect(_folder["many"]);
        Assert.Equal(["page.ckpt", "vae.safetensors"], many.Contents.Select(entry => entry.Name));
        Assert.Equal(["wrong-kind", "vae"], many.Contents.Select(entry => entry.Kind));
    }

    [Fact]
    public void A_checkpoint_is_told_with_the_sizes_of_its_networks_and_what_would_not_be_read()
    {
        _folder.Model();
        Converter.Convert(new ConversionRequest(_folder["model"], _folder["one.safetensors"]), null, TestContext.Current.CancellationToken);
        string[] extra = ["model_ema.diffusion_modelinput_blocks00weight", "betas", "alphas_cumprod", "precious"];
        using (var one = SafetensorsFile.Open(_folder["one.safetensors"]))
        {
            SafetensorsPlan[] plan = [.. one.Tensors.Values.Select(tensor => new SafetensorsPlan(tensor.Name, tensor.Shape, tensor.Type))];
            using var writer = new SafetensorsWriter(
                _folder["more.safetensors"], [.. plan, .. extra.Select(name => new SafetensorsPlan(name, [1]))], one.Metadata);
            foreach (var tensor in plan)
            {
                byte[] bytes = new byte[tensor.Bytes];
                one.ReadStored(tensor.Name, bytes);
                writer.AppendStored(bytes);
            }

            foreach (string _ in extra) writer.Append([1]);
            writer.Complete();
        }

        Directory.Delete(_folder["model"], recursive: true);
        var plain = Inspect(_folder["one.safetensors"]);
        Assert.Equal(("checkpoint", "single-file", true), (plain.Kind, plain.Layout, plain.IsUsable));
        Assert.Equal(["unet", "vae", "text_encoder"], plain.Parts.Select(part => part.Part));
        Assert.Equal(plain.Tensors, plain.Parts.Sum(part => part.Tensors));
        Assert.Equal(604, plain.Parts[2].Config!.Value.GetProperty("vocab_size").GetInt32());
        Assert.Empty(plain.Unused);
        Assert.Contains("--tokenizer", Assert.Single(plain.Notes), StringComparison.Ordinal);

        var more = Inspect(_folder["more.safetensors"]);
        Assert.Equal(4, more.Unused.Sum(group => group.Tensors));
        Assert.Equal(
            [("averages of a training (EMA)", 1), ("others", 1), ("the noise schedule of a training", 2)],
            more.Unused.Select(group => (group.What, group.Tensors)).OrderBy(group => group.What, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(768, true, null)]
    [InlineData(1024, false, "mismatch")]
    public void A_textual_inversion_is_told_with_its_word(int width, bool isUsable, string? code)
    {
        string path = _folder["moody.safetensors"];
        SafetensorsWriter.Save(path, [("emb_params", [2, width], new Draw(3).Normals(2 * width))]);
        var found = Inspect(path);
        Assert.Equal(("textual-inversion", isUsable, code), (found.Kind, found.IsUsable, found.Fault?.Code));
        if (isUsable) Assert.Equal("the word 'moody', of 2 tokens", Assert.Single(found.Notes));
        Assert.Equal(isUsable, found.Use.Contains("--embedding", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("html-page", "<!DOCTYPE html><html><body>log in</body></html>")]
    [InlineData("git-lfs-pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")]
    [InlineData("plain-text", "Once upon a time there was no tensor.")]
    [InlineData("gguf", "GGUF................................")]
    [InlineData("json", "{ \"a\": 1, \"b\": [1, 2, 3] }")]
    public void What_holds_no_weights_is_named(string kind, string content)
    {
        var found = Inspect(_folder.Write("model.safetensors", Encoding.UTF8.GetBytes(content)));
        Assert.Equal((kind, false, 0), (found.Kind, found.IsUsable, found.Tensors));
        Assert.Equal("wrong-kind", found.Fault!.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pickles_are_told_as_other_files_are(bool isLegacy)
    {
        TorchTensor[] tensors =
        [
            new("model.diffusion_model.x", [2, 3], [1, 2, 3, 4, 5, 6], StoredType.F16), new("step", [1], [7], StoredType.I64),
        ];
        var content = new Dictionary<string, object?> { ["state_dict"] = TorchFiles.Dictionary(tensors), ["epoch"] = 5 };
        string path = _folder["m.ckpt"];
        if (isLegacy) TorchFiles.WriteLegacy(path, content);
        else TorchFiles.WriteZip(path, content);
        var found = Inspect(path, r => r with { ListsTensors = true });
        Assert.Equal((isLegacy ? "PyTorch before 1.6" : "PyTorch zip", 2, 7), (found.Format, found.Tensors, found.Numbers));
        Assert.Equal(["F16", "I64"], found.TensorList!.Select(tensor => tensor.Type));
        Assert.NotNull(found.Hashes!.AutoV2);
        Assert.Null(found.Hashes.AutoV3);
    }

    [Fact]
    public void A_judge_of_clips_is_named_with_its_option_and_its_licence()
    {
        long[] sizes = [1152, 1024, 128, 64, 16, 1];
        string path = _folder["head.safetensors"];
        SafetensorsWriter.Save(path, sizes.Skip(1).SelectMany((outputs, i) => new (string, long[], float[])[]
        {
            ($"scoring_head.{2 * i}.weight", [outputs, sizes[i]], new float[outputs * sizes[i]]),
            ($"scoring_head.{2 * i}.bias", [outputs], new float[outputs]),
        }));
        var found = Inspect(path);
        Assert.Equal(("an aesthetic scorer", true), (found.Is, found.IsUsable));
        Assert.Equal($"Aesthetic Predictor V2.5, a judge of clips: evsnative score --aesthetic {path}", found.Use);
        Assert.Contains("AGPL-3.0", Assert.Single(found.Notes), StringComparison.Ordinal);

        SafetensorsWriter.Save(path, [("scoring_head.0.weight", [1024, 1152], new float[1024 * 1152])]);
        found = Inspect(path);
        Assert.Equal((false, "incomplete"), (found.IsUsable, found.Fault!.Code));
        SafetensorsWriter.Save(path, [("scoring_head.0.weight", [8, 768], new float[8 * 768])]);
        Assert.Contains("encoders of 768 channels", Inspect(path).Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_that_asks_for_code_is_named_with_what_it_asks_for()
    {
        byte[] pickle = new PickleWriter().Global("posix", "system").Ops("(").Text("true").Ops("tR.").Bytes;
        var found = Inspect(_folder.Write("m.ckpt", TorchFiles.Zip(pickle, [])));
        Assert.Equal(("zip", false, "unsafe"), (found.Kind, found.IsUsable, found.Fault!.Code));
        Assert.Contains("posix.system", found.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(64, found.Hashes!.Sha256!.Length);
    }

    [Fact]
    public void What_is_not_there_or_damaged_is_an_error()
    {
        Assert.Equal(InputCode.NotFound, Refuses(_folder["nothing.safetensors"]));
        Assert.Equal(InputCode.Damaged, Refuses(_folder.Write("zeros.safetensors", new byte[4000])));
        Assert.Equal(InputCode.Damaged, Refuses(_folder.Write("empty.safetensors", [])));
        string path = _folder["cut.safetensors"];
        SafetensorsWriter.Save(path, [("a", [100], new float[100])]);
        using (var stream = File.OpenWrite(path)) stream.SetLength(stream.Length - 10);
        Assert.Equal(InputCode.Damaged, Refuses(path));
    }

    private static Models.Inspection Inspect(string path, Func<InspectionRequest, InspectionRequest>? change = null) =>
        Inspector.Inspect((change ?? (request => request))(new InspectionRequest(path)), null, TestContext.Current.CancellationToken);

    private static InputCode Refuses(string path) => Assert.Throws<InputException>(() => Inspect(path)).Code;
}
