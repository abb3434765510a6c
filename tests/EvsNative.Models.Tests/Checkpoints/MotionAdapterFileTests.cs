using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

public sealed class MotionAdapterFileTests : IDisposable
{
    private static readonly string Tiny = Repository.File("weights", "evs-tiny", "motion_adapter");
    private static readonly string TinyFile = Path.Combine(Tiny, "diffusion_pytorch_model.safetensors");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The tensors of an adapter with 8 heads, as diffusers names them.</summary>
    private static IEnumerable<(string Name, long[] Shape)> Tensors(long[] channels, int layers, bool hasMid, long? frames)
    {
        var places = new List<(string Path, long C)>();
        for (int i = 0; i < channels.Length; i++)
        {
            for (int j = 0; j < layers; j++) places.Add(($"down_blocks.{i}", channels[i]));
            for (int j = 0; j <= layers; j++) places.Add(($"up_blocks.{i}", channels[^(i + 1)]));
        }

        if (hasMid) places.Add(("mid_block", channels[^1]));
        foreach (var block in places.GroupBy(place => place.Path))
        {
            foreach (var (module, c) in block.Select((place, j) => ($"{block.Key}.motion_modules.{j}", place.C)))
            {
                string t = $"{module}.transformer_blocks.0";
                if (frames is { } length) yield return ($"{t}.pos_embed.pe", [1, length, c]);
                foreach (string norm in new[] { $"{module}.norm", $"{t}.norm1", $"{t}.norm2", $"{t}.norm3" })
                {
                    yield return ($"{norm}.weight", [c]);
                    yield return ($"{norm}.bias", [c]);
                }

                foreach (string linear in new[] { $"{module}.proj_in", $"{module}.proj_out", $"{t}.attn1.to_out.0", $"{t}.attn2.to_out.0" })
                {
                    yield return ($"{linear}.weight", [c, c]);
                    yield return ($"{linear}.bias", [c]);
                }

                foreach (string linear in new[] { "attn1.to_q", "attn1.to_k", "attn1.to_v", "attn2.to_q", "attn2.to_k", "attn2.to_v" })
                {
                    yield return ($"{t}.{linear}.weight", [c, c]);
                }

                yield return ($"{t}.ff.net.0.proj.weight", [8 * c, c]);
                yield return ($"{t}.ff.net.0.proj.bias", [8 * c]);
                yield return ($"{t}.ff.net.2.weight", [c, 4 * c]);
                yield return ($"{t}.ff.net.2.bias", [c]);
            }
        }
    }

    /// <summary>The names of the AnimateDiff repository, with a table of positions for each attention.</summary>
    private static IEnumerable<string> Original(string name)
    {
        (string Ours, string Theirs)[] spellings =
        [
            (".norm1.", ".norms.0."), (".norm2.", ".norms.1."), (".norm3.", ".ff_norm."),
            (".attn1.", ".attention_blocks.0."), (".attn2.", ".attention_blocks.1."),
        ];
        int module = name.IndexOf(".motion_modules.", StringComparison.Ordinal) + ".motion_modules.0".Length;
        name = $"module.{name[..module]}.temporal_transformer{name[module..]}";
        foreach (var (ours, theirs) in spellings) name = name.Replace(ours, theirs, StringComparison.Ordinal);
        return name.EndsWith(".pos_embed.pe", StringComparison.Ordinal)
            ? [name.Replace("pos_embed", "attention_blocks.0.pos_encoder", StringComparison.Ordinal),
                name.Replace("pos_embed", "attention_blocks.1.pos_encoder", StringComparison.Ordinal)]
            : [name];
    }

    private string Written(string name, IEnumerable<(string Name, long[] Shape)> tensors)
    {
        string path = _folder[name];
        SafetensorsWriter.Save(path, tensors.Select((t, i) => (t.Name, t.Shape, new Draw(i).Normals(t.Shape.Aggregate(1L, (a, b) => a * b)))));
        return path;
    }

    [Theory]
    [InlineData(false, true, 32L)]
    [InlineData(false, false, 24L)]
    [InlineData(false, true, null)]
    [InlineData(true, true, 24L)]
    [InlineData(true, false, 32L)]
    public void The_sizes_of_a_file_by_itself_are_found_in_its_tensors(bool isOriginal, bool hasMid, long? frames)
    {
        var tensors = Tensors([32, 64], 2, hasMid, frames).ToList();
        var stored = isOriginal ? tensors.SelectMany(t => Original(t.Name).Select(name => (name, t.Shape))) : tensors;
        using var part = MotionAdapterFile.Open(Written("mm_sd_v15_v2.safetensors", stored));
        var config = part.Parse(MotionConfig.Parse);
        Assert.Equal([32, 64], config.BlockOutChannels);
        Assert.Equal((2, 8, 32), (config.LayersPerBlock, config.Heads, config.NormNumGroups));
        Assert.Equal((frames ?? 32, hasMid), (config.MaxFrames, config.HasMidBlock));
        Assert.Equal(tensors.Select(t => t.Name).Where(name => !name.EndsWith(".pe", StringComparison.Ordinal)).Order(), part.Weights.Names.Order());

        using var dry = Device.Open(new DeviceOptions(Backend.Null));
        using var formula = new FormulaWeights();
        var store = new WeightStore(dry, part.Weights);
        var unet = new UNetConfig([32, 64], [true, false], [false, true], CrossAttentionDim: 32);
        _ = new UNet(new WeightStore(dry, formula).Root, unet, config, store.Root);
        store.Verify();
    }

    [Fact]
    public void Original_names_bring_the_same_numbers_to_the_same_places()
    {
        var tensors = Tensors([32], 1, hasMid: true, frames: null).ToList();
        using var ours = MotionAdapterFile.Open(Written("a.safetensors", tensors));
        using var original = MotionAdapterFile.Open(Written("b.safetensors", tensors.Select(t => (Original(t.Name).Single(), t.Shape))));
        foreach (var (name, shape) in tensors)
        {
            float[] wanted = new float[shape.Aggregate(1L, (a, b) => a * b)];
            float[] got = new float[wanted.Length];
            ours.Weights.Read(name, shape, wanted);
            original.Weights.Read(name, shape, got);
            Assert.Equal(wanted, got);
        }
    }

    [Fact]
    public void A_folder_and_its_file_have_the_heads_of_their_configuration()
    {
        foreach (string path in new[] { Tiny, TinyFile, Repository.File("weights", "evs-tiny") })
        {
            using var part = MotionAdapterFile.Open(path);
            var config = part.Parse(MotionConfig.Parse);
            Assert.Equal(2, config.Heads);
            Assert.Equal([64, 96, 128, 128], config.BlockOutChannels);
            Assert.Equal(338, part.Weights.Names.Count);
        }
    }

    [Fact]
    public void An_adapter_for_another_width_is_refused_by_the_networks()
    {
        using var part = MotionAdapterFile.Open(Written("wide.safetensors", Tensors([32, 64], 1, true, 32)));
        var error = Assert.Throws<InputException>(() => part.Parse(MotionConfig.Parse).EnsureFits(UNetConfig.Sd15));
        Assert.Contains("does not fit the U-Net", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("down_blocks.0.motion_modules.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight", "a motion LoRA")]
    [InlineData("text_model.final_layer_norm.weight", "a text encoder")]
    [InlineData("model.diffusion_model.out.0.weight", "a U-Net")]
    public void Another_kind_of_file_is_named(string tensor, string kind)
    {
        string path = Written("m.safetensors", [(tensor, [2])]);
        var error = Assert.Throws<InputException>(() => MotionAdapterFile.Open(path));
        Assert.StartsWith($"{path}: {kind}: a motion adapter for Stable Diffusion 1.5 is needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_incomplete_adapter_and_a_missing_one_are_named()
    {
        string path = Written("m.safetensors", Tensors([32, 64], 1, true, 32).Where(t => t.Name.StartsWith("up_blocks", StringComparison.Ordinal)));
        Assert.Contains("not complete", Assert.Throws<InputException>(() => MotionAdapterFile.Open(path)).Message, StringComparison.Ordinal);
        var missing = Assert.Throws<InputException>(() => MotionAdapterFile.Open(_folder["none"]));
        Assert.Contains("no such file or folder", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_is_answered_with_the_way_to_convert_it()
    {
        string path = _folder.Write("mm_sd_v15_v2.ckpt", "PK\u0003\u0004 archive/data.pkl"u8);
        var error = Assert.Throws<InputException>(() => MotionAdapterFile.Open(path));
        Assert.Contains("convert it to safetensors in Python", error.Message, StringComparison.Ordinal);
    }
}
