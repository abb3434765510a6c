using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

public sealed class MotionAdapterFileTests : IDisposable
{
    private static readonly string Tiny = Repository.File("weights", "evs-tiny", "motion_adapter");
    private static readonly string TinyFile = Path.Combine(Tiny, "diffusion_pytorch_model.safetensors");

    private readonly TemporaryFolder _folder = new();
    private readonly WeightFiles _files = new();

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    private ModelPart<MotionConfig> Open(string path) => MotionAdapterFile.Open(_files, path);

    private InputException Refused(string path) => Assert.Throws<InputException>(() => Open(path));

    private string Written(string name, IEnumerable<(string Name, long[] Shape)> tensors, bool isOriginal = false) =>
        MotionTensors.Save(_folder[name], tensors, isOriginal ? "module." : "", isOriginal);

    [Theory]
    [InlineData(false, true, 32L)]
    [InlineData(false, false, 24L)]
    [InlineData(false, true, null)]
    [InlineData(true, true, 24L)]
    [InlineData(true, false, 32L)]
    public void The_sizes_of_a_file_by_itself_are_found_in_its_tensors(bool isOriginal, bool hasMid, long? frames)
    {
        var tensors = MotionTensors.Of([32, 64], 2, hasMid, frames).ToList();
        var part = Open(Written("mm_sd_v15_v2.safetensors", tensors, isOriginal));
        var config = part.Config;
        Assert.Equal([32, 64], config.BlockOutChannels);
        Assert.Equal((2, 8, 32), (config.LayersPerBlock, config.Heads, config.NormNumGroups));
        Assert.Equal((frames ?? 32, hasMid), (config.MaxFrames, config.HasMidBlock));
        var names = tensors.Select(t => t.Name).Where(name => !name.EndsWith(".pe", StringComparison.Ordinal));
        Assert.Equal(names.Order(), part.Weights.Names.Order());
        _files.Verify();

        using var dry = Device.Open(new DeviceOptions(Backend.Null));
        var formula = new FormulaWeights();
        var store = new WeightStore(dry, part.Weights);
        var unet = new UNetConfig([32, 64], [true, false], [false, true], CrossAttentionDim: 32);
        _ = new UNet(new WeightStore(dry, formula).Root, unet, config, store.Root);
        store.Verify();
    }

    [Fact]
    public void A_folder_and_its_file_have_the_heads_of_their_configuration()
    {
        foreach (string path in new[] { Tiny, TinyFile, Repository.File("weights", "evs-tiny") })
        {
            var part = Open(path);
            var config = part.Config;
            Assert.Equal(2, config.Heads);
            Assert.Equal([64, 96, 128, 128], config.BlockOutChannels);
            Assert.Equal(338, part.Weights.Names.Count);
        }
    }

    [Fact]
    public void An_adapter_for_another_width_is_refused_by_the_networks()
    {
        var part = Open(Written("wide.safetensors", MotionTensors.Of([32, 64], 1, true, 32)));
        var error = Assert.Throws<InputException>(() => part.Config.EnsureFits(UNetConfig.Sd15));
        Assert.Contains("does not fit the U-Net", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(0)]
    public void Modules_that_have_no_heads_or_groups_are_refused(long channels)
    {
        string path = Written("odd.safetensors", [("down_blocks.0.motion_modules.0.norm.weight", [channels])]);
        var error = Refused(path);
        Assert.Equal(InputCode.Unsupported, error.Code);
        Assert.StartsWith($"{path}: motion modules of {channels} channels", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("down_blocks.0.motion_modules.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight", "a motion LoRA")]
    [InlineData("text_model.final_layer_norm.weight", "a text encoder")]
    [InlineData("model.diffusion_model.input_blocks.0.0.weight", "a U-Net")]
    public void Another_kind_of_file_is_named(string tensor, string kind)
    {
        string path = Written("m.safetensors", [(tensor, [2])]);
        var error = Refused(path);
        Assert.Equal(InputCode.WrongKind, error.Code);
        Assert.StartsWith($"{path}: {kind}: a motion adapter for Stable Diffusion 1.5 is needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_incomplete_adapter_and_a_missing_one_are_named()
    {
        var up = MotionTensors.Of([32, 64], 1, true, 32).Where(t => t.Name.StartsWith("up_blocks", StringComparison.Ordinal));
        Assert.Equal(InputCode.Incomplete, Refused(Written("m.safetensors", up)).Code);
        Assert.Equal(InputCode.NotFound, Refused(_folder["none"]).Code);
    }

    [Fact]
    public void A_pickle_that_was_cut_off_is_called_damaged() =>
        Assert.Equal(InputCode.Damaged, Refused(_folder.Write("mm_sd_v15_v2.ckpt", "PK\u0003\u0004 archive/data.pkl"u8)).Code);
}
