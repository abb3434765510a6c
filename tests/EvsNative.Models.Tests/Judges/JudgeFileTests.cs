using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Tests.Checkpoints;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>Which file is which judge: the right ones in all formats, and one line for anything else.</summary>
public sealed class JudgeFileTests : IDisposable
{
    private const string Amt = "feat_encoder.conv1.weight:32,3,7,7 comb_block.0.weight:18,9,3,3 encoder.pyramid1.0.0.weight:20,3,3,3";
    private const string LargeAmt = "feat_encoder.conv1.weight:32,3,7,7 comb_block.0.weight:30,15,3,3 encoder.pyramid1.0.0.weight:48,3,3,3";
    private const string Dino = "cls_token:1,1,768 patch_embed.proj.weight:768,3,16,16";
    private const string HubDino = "vit.embeddings.cls_token:1,1,768 vit.embeddings.patch_embeddings.projection.weight:768,3,16,16";
    private const string Dover = "technical_backbone.norm.weight:768 aesthetic_backbone.norm.weight:768";
    private const string Head = "scoring_head.0.weight:1024,1152 scoring_head.0.bias:1024";
    private const string Siglip = "vision_model.head.probe:1,1,1152 vision_model.embeddings.position_embedding.weight:729,1152";
    private const string Text = "text_model.embeddings.token_embedding.weight";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(JudgeKind.Amt, Amt)]
    [InlineData(JudgeKind.Dino, Dino)]
    [InlineData(JudgeKind.Dino, HubDino)]
    [InlineData(JudgeKind.Dover, Dover)]
    [InlineData(JudgeKind.AestheticHead, Head)]
    [InlineData(JudgeKind.Siglip, Siglip)]
    public void The_right_file_is_opened_in_every_format(JudgeKind kind, string tensors)
    {
        foreach (string path in new[] { Safetensors("a", tensors), Torch("b", tensors), Nested("c", tensors) })
        {
            using var file = JudgeFile.Open(kind, path);
            Assert.Equal(kind, file.Facts.Kind);
            Assert.Equal(Tensors(tensors).Count, file.Weights.Names.Count);
        }
    }

    [Theory]
    [InlineData(JudgeKind.Dover, Amt, "the weights of AMT-S, where DOVER is needed: give it with --amt")]
    [InlineData(JudgeKind.Amt, Dover, "the weights of DOVER, where AMT-S is needed: give it with --dover")]
    [InlineData(JudgeKind.Dino, HubDino + " mask_token:1", "DINOv2, or another newer training, where DINO ViT-B/16 is needed")]
    [InlineData(JudgeKind.Dino, "cls_token:1,1,768 patch_embed.proj.weight:768,3,8,8", "768 channels with patches of 8 x 8")]
    [InlineData(JudgeKind.Dino, "cls_token:1,1,384 patch_embed.proj.weight:384,3,16,16", "a vision transformer of 384 channels")]
    [InlineData(JudgeKind.Dino, Dino + " head.weight:1000,768", "trained to tell classes")]
    [InlineData(JudgeKind.Dino, "backbone.cls_token:1,1,768 backbone.patch_embed.proj.weight:768,3,16,16", "_full_checkpoint")]
    [InlineData(JudgeKind.Amt, LargeAmt, "another size of AMT (AMT-L or AMT-G), where AMT-S is needed")]
    [InlineData(JudgeKind.Dover, Dover + " aesthetic_backbone.stages.0.0.grn.gamma:9", "DOVER-Mobile")]
    [InlineData(JudgeKind.Dover, "technical_backbone.norm.weight:768", "one branch of DOVER alone")]
    [InlineData(JudgeKind.Dover, "fragments_backbone.norm.weight:768", "FAST-VQA")]
    [InlineData(JudgeKind.AestheticHead, Siglip, "give it with --siglip")]
    [InlineData(JudgeKind.AestheticHead, "layers.0.weight:1024,768", "an aesthetic scorer of another kind")]
    [InlineData(JudgeKind.AestheticHead, "scoring_head.0.weight:1024,768", "for encoders of 768 channels")]
    [InlineData(JudgeKind.Siglip, Head, "give it with --aesthetic")]
    [InlineData(JudgeKind.Siglip, Siglip + " " + Text + ":256000,8", "SigLIP 2")]
    [InlineData(JudgeKind.Siglip, "vision_model.head.probe:1,1,768 vision_model.embeddings.position_embedding.weight:196,768",
        "a SigLIP of 768 channels for 196 patches")]
    [InlineData(JudgeKind.Siglip, "vision_model.embeddings.class_embedding:768", "a CLIP image encoder, where SigLIP so400m/14")]
    [InlineData(JudgeKind.Dover, "thing:1", "of no kind known here (thing ...), where DOVER is needed: get DOVER.pth from")]
    public void Any_other_file_is_named_in_one_line(JudgeKind kind, string tensors, string part)
    {
        foreach (string path in new[] { Safetensors("a", tensors), Torch("b", tensors) })
        {
            var error = Assert.Throws<InputException>(() => JudgeFile.Open(kind, path));
            Assert.Equal(InputCode.WrongKind, error.Code);
            Assert.Empty(error.Details);
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
            Assert.Contains($"{JudgeFiles.Of(kind).Title} is needed", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(JudgeKind.Dover, Dover, "DOVER_plus_plus", "DOVER++")]
    [InlineData(JudgeKind.Amt, Amt, "gopro_amt-s", "GoPro")]
    public void Trainings_that_only_a_name_tells_are_known_by_it(JudgeKind kind, string tensors, string name, string part)
    {
        var error = Assert.Throws<InputException>(() => JudgeFile.Open(kind, Torch(name, tensors)));
        Assert.Equal(InputCode.WrongKind, error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void A_file_that_was_cut_off_is_damaged(double share)
    {
        string path = Torch("whole", Dover);
        byte[] bytes = File.ReadAllBytes(path);
        string cut = _folder.Write("DOVER.pth", bytes.AsSpan(0, (int)(share * bytes.Length)));
        var error = Assert.Throws<InputException>(() => JudgeFile.Open(JudgeKind.Dover, cut));
        Assert.Equal(InputCode.Damaged, error.Code);
        Assert.Contains(cut, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_half_of_Siglip_is_not_read()
    {
        const string ids = "vision_model.embeddings.position_ids:1,729";
        using var file = JudgeFile.Open(JudgeKind.Siglip, Safetensors("a", $"{Siglip} {ids} {Text}:32000,8 logit_scale:1 logit_bias:1"));
        Assert.Equal(["vision_model.embeddings.position_embedding.weight", "vision_model.head.probe"], file.Weights.Names.Order());
    }

    /// <summary>As published: ten tensors in bfloat16 that look at one storage, which is a number longer.</summary>
    [Fact]
    public void The_aesthetic_head_lies_in_one_storage()
    {
        long[] sizes = [1152, 1024, 128, 64, 16, 1];
        float[] storage = FormulaWeights.Input("storage", 1_321_186);
        var tensors = new List<TorchTensor>();
        long at = 0;
        foreach (var (i, outputs) in sizes.Skip(1).Index())
        {
            foreach (var (end, shape) in new (string, long[])[] { ("weight", [outputs, sizes[i]]), ("bias", [outputs]) })
            {
                tensors.Add(new($"scoring_head.{2 * i}.{end}", shape, storage, StoredType.BF16) { Offset = at, Storage = "all" });
                at += shape.Aggregate(1L, (product, length) => product * length);
            }
        }

        string path = TorchFiles.WriteZip(_folder["aesthetic_predictor_v2_5.pth"], tensors);
        Assert.InRange(new FileInfo(path).Length, 2 * storage.Length, (2 * storage.Length) + 10_000);
        using var file = JudgeFile.Open(JudgeKind.AestheticHead, path);
        JudgeNetworks.Verify(JudgeKind.AestheticHead, file.Weights);
        float[] bias = new float[1];
        file.Weights.Read("scoring_head.8.bias", [1], bias);
        Assert.Equal(storage[^2], bias[0], 1 / 256f);
        Assert.NotEqual(storage[^2], bias[0]);
    }

    /// <summary>DOVER's file has 12 tables of whole numbers more, which are computed.</summary>
    [Theory]
    [InlineData(JudgeKind.Amt, 213)]
    [InlineData(JudgeKind.Dino, 150)]
    [InlineData(JudgeKind.Dover, 369)]
    [InlineData(JudgeKind.AestheticHead, 10)]
    [InlineData(JudgeKind.Siglip, 448)]
    public void Each_judge_has_its_network_which_is_strict(JudgeKind kind, int tensors)
    {
        var asked = new RecordedWeights(new FormulaWeights());
        JudgeNetworks.Verify(kind, asked);
        var all = asked.Asked.Select(tensor => (tensor.Name, Shape: tensor.Shape.ToArray())).ToArray();
        Assert.Equal(tensors, all.Length);
        JudgeNetworks.Verify(kind, new ShapesOnly(all));
        var error = Assert.Throws<InputException>(() => JudgeNetworks.Verify(kind, new ShapesOnly(all[1..])));
        Assert.Equal(InputCode.Incomplete, error.Code);
        error = Assert.Throws<InputException>(() => JudgeNetworks.Verify(kind, new ShapesOnly([.. all, ("more.weight", [1])])));
        Assert.Equal(InputCode.Mismatch, error.Code);
        Assert.Contains("more.weight", Assert.Single(error.Details), StringComparison.Ordinal);
    }

    [Fact]
    public void Judges_are_found_in_a_folder_by_the_names_that_people_have()
    {
        foreach (var facts in JudgeFiles.All)
        {
            Assert.Equal(facts, JudgeFiles.Of(facts.Kind));
            Assert.Null(JudgeFiles.Find(_folder.Path, facts.Kind));
            Assert.Contains(facts.Title.Split(' ')[0].Split('-')[0], facts.Licence, StringComparison.Ordinal);
        }

        string hub = _folder.Write("siglip-so400m-patch14-384/model.safetensors", []), amt = _folder.Write("amt-s.pth", []);
        Assert.Equal(hub, JudgeFiles.Find(_folder.Path, JudgeKind.Siglip));
        Assert.Equal(amt, JudgeFiles.Find(_folder.Path, JudgeKind.Amt));
        var error = Assert.Throws<InputException>(() => JudgeFiles.Find(_folder["nowhere"], JudgeKind.Amt));
        Assert.Equal(InputCode.NotFound, error.Code);
    }

    [Fact]
    public void A_folder_stands_for_the_judge_in_it()
    {
        var error = Assert.Throws<InputException>(() => JudgeFile.Open(JudgeKind.Dino, _folder.Path));
        Assert.Equal(InputCode.NotFound, error.Code);
        Assert.Contains("dino_vitbase16_pretrain.pth", error.Message, StringComparison.Ordinal);
        Torch("dino_vitbase16_pretrain", Dino);
        Torch("amt-s", Amt);
        using var file = JudgeFile.Open(JudgeKind.Dino, _folder.Path);
        Assert.Equal(2, file.Weights.Names.Count);
    }

    /// <summary>One network from both spellings, tensor by tensor and bit by bit.</summary>
    [Fact]
    public void Dino_in_the_names_of_transformers_is_the_same_network()
    {
        using var d = Device.Open();
        using var scope = d.Enter("dino");
        var sizes = SmallJudges.Dino with { Depth = 2 };
        var asked = new RecordedWeights(new FormulaWeights());
        using (var dry = Device.Open(new DeviceOptions(Backend.Null))) _ = new VisionTransformer(new WeightStore(dry, asked).Root, sizes);
        string path = _folder["model.safetensors"];
        SafetensorsWriter.Save(path, [.. asked.Asked.SelectMany(tensor => InHubsNames(tensor.Name, tensor.Shape))]);
        using var stored = TensorFile.Open(path);
        Assert.True(DinoNames.AreOfTransformers(stored));
        var store = new WeightStore(d, DinoNames.View(stored));
        var network = new VisionTransformer(store.Root, sizes);
        store.Verify();
        var picture = new Draw(5).Normals(d, new Shape(1, 48, 64, 3));
        float[] wanted = d.Download(new VisionTransformer(SmallNetworks.Weights(d), sizes).Forward(d, picture));
        Assert.Equal(wanted, d.Download(network.Forward(d, picture)));
    }

    private static IEnumerable<(string Name, long[] Shape, float[] Values)> InHubsNames(string name, IReadOnlyList<long> shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        new FormulaWeights().Read(name, shape, values);
        (string Own, string Theirs)[] words =
        [
            ("patch_embed.proj", "embeddings.patch_embeddings.projection"), ("cls_token", "embeddings.cls_token"),
            ("pos_embed", "embeddings.position_embeddings"), (".norm1.", ".layernorm_before."), (".norm2.", ".layernorm_after."),
            ("norm.", "layernorm."), (".attn.proj.", ".attention.output.dense."),
            (".mlp.fc1.", ".intermediate.dense."), (".mlp.fc2.", ".output.dense."),
        ];
        var (own, theirs) = words.FirstOrDefault(word => name.Contains(word.Own, StringComparison.Ordinal));
        string renamed = own is null ? name : name.Replace(own, theirs, StringComparison.Ordinal);
        renamed = renamed.Replace("blocks.", "encoder.layer.", StringComparison.Ordinal);
        if (!name.Contains(".attn.qkv.", StringComparison.Ordinal)) return [(renamed, [.. shape], values)];
        long[] third = [shape[0] / 3, .. shape.Skip(1)];
        return new[] { "query", "key", "value" }.Select((part, i) => (
            renamed.Replace(".attn.qkv.", $".attention.attention.{part}.", StringComparison.Ordinal),
            third,
            values[(i * values.Length / 3)..((i + 1) * values.Length / 3)]));
    }

    private static List<TorchTensor> Tensors(string text) => [.. text.Split(' ').Select(tensor =>
    {
        string[] halves = tensor.Split(':');
        long[] shape = [.. halves[1].Split(',').Select(long.Parse)];
        return new TorchTensor(halves[0], shape, new float[shape.Aggregate(1L, (product, length) => product * length)]);
    })];

    private string Safetensors(string name, string tensors)
    {
        string path = _folder[$"{name}.safetensors"];
        SafetensorsWriter.Save(path, Tensors(tensors).Select(tensor => (tensor.Name, tensor.Shape, tensor.Values)));
        return path;
    }

    private string Torch(string name, string tensors) => TorchFiles.WriteZip(_folder[$"{name}.pth"], Tensors(tensors));

    /// <summary>As trainers save it: the network within a dictionary, beside what they go on with.</summary>
    private string Nested(string name, string tensors) => TorchFiles.WriteZip(_folder[$"{name}.pth"], new Dictionary<string, object?>
    {
        ["state_dict"] = TorchFiles.Dictionary(Tensors(tensors)),
        ["optim"] = new Dictionary<string, object?> { ["state"] = TorchFiles.Dictionary([new("exp_avg", [2], [1, 2])]) },
        ["epoch"] = 3,
    });
}
