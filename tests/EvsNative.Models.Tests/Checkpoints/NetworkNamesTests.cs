using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>
/// A network's names lead from diffusers to the original and back, and its shapes tell its sizes, whatever its blocks and layers.
/// </summary>
public sealed class NetworkNamesTests
{
    private const string UNetPrefix = "model.diffusion_model.", VaePrefix = "first_stage_model.";

    /// <summary>Blocks, layers and where there is attention, beside those of Stable Diffusion 1.5.</summary>
    public static TheoryData<int[], int, string> UNets => new()
    {
        { [320, 640, 1280, 1280], 2, "1110 0111" },
        { [32], 1, "1 1" },
        { [32, 64], 3, "01 10" },
        { [64, 96, 128], 1, "111 111" },
        { [32, 64, 64, 96, 128], 2, "11010 01101" },
    };

    [Theory]
    [MemberData(nameof(UNets))]
    public void A_U_Net_of_any_blocks_is_found_by_names_and_shapes(int[] channels, int layers, string attention)
    {
        bool[][] has = [.. attention.Split(' ').Select(list => list.Select(letter => letter == '1').ToArray())];
        var config = UNetConfig.Sd15 with
        {
            BlockOutChannels = channels,
            LayersPerBlock = layers,
            DownHasAttention = has[0],
            UpHasAttention = has[1],
        };
        var tensors = Tensors(w => new UNet(w, config));
        var names = new SingleFileNames(config, VaeConfig.Sd15);
        string Original(string name) => names.Stored(ModelPartKind.UNet, name);
        string Averaged(string name) => $"model_ema.{Original(name)["model.".Length..].Replace(".", "", StringComparison.Ordinal)}";
        foreach (var (layout, prefix, name) in new (CheckpointLayout, string, Func<string, string>)[]
        {
            (CheckpointLayout.SingleFile, UNetPrefix, Original),
            (CheckpointLayout.SingleFile, "", name => Original(name)[UNetPrefix.Length..]),
            (CheckpointLayout.Averages, "model_ema.", Averaged),
            (CheckpointLayout.Diffusers, "a.unet.", name => $"a.unet.{name}"),
        })
        {
            var stored = new ShapesOnly([.. tensors.Select(tensor => (name(tensor.Name), tensor.Shape))]);
            var places = new NetworkPlaces(new CheckpointNames(stored));
            Assert.Equal(new NetworkPlace(layout, prefix), places.UNet);
            var view = new RenamedWeights(stored, new NetworkNames(new CheckpointNames(stored), places.UNet!).UNet());
            Assert.Equal(tensors.Select(tensor => tensor.Name).Order(), view.Names.Order());
            var found = new NetworkSizes(view).UNet();
            Assert.Equal(Text(config), Text(found));
        }
    }

    [Theory]
    [InlineData(new[] { 128, 256, 512, 512 }, 2)]
    [InlineData(new[] { 32 }, 1)]
    [InlineData(new[] { 32, 64, 96 }, 3)]
    public void So_is_an_autoencoder(int[] channels, int layers)
    {
        var config = VaeConfig.Sd15 with { BlockOutChannels = channels, LayersPerBlock = layers };
        var tensors = Tensors(w => new Vae(w, config));
        var names = new SingleFileNames(UNetConfig.Sd15, config);
        foreach (var (layout, name) in new (CheckpointLayout, Func<string, string>)[]
        {
            (CheckpointLayout.SingleFile, name => names.Stored(ModelPartKind.Vae, name)),
            (CheckpointLayout.Diffusers, name => VaePrefix + name),
        })
        {
            var stored = new ShapesOnly([.. tensors.Select(tensor => (name(tensor.Name), tensor.Shape))]);
            var places = new NetworkPlaces(new CheckpointNames(stored));
            Assert.Equal(new NetworkPlace(layout, VaePrefix), places.Vae);
            var view = new RenamedWeights(stored, new NetworkNames(new CheckpointNames(stored), places.Vae!).Vae());
            Assert.Equal(tensors.Select(tensor => tensor.Name).Order(), view.Names.Order());
            var found = new NetworkSizes(view).Vae();
            Assert.Equal(channels, found.BlockOutChannels);
            Assert.Equal(config with { BlockOutChannels = found.BlockOutChannels }, found);
        }
    }

    [Fact]
    public void So_is_a_text_encoder()
    {
        var tensors = Tensors(w => new ClipTextEncoder(w, ClipConfig.VitL));
        var stored = new ShapesOnly([.. tensors.Select(tensor => ($"x.{tensor.Name}", tensor.Shape))]);
        var places = new NetworkPlaces(new CheckpointNames(stored));
        Assert.Equal("x.", places.TextEncoder!.Prefix);
        var view = new RenamedWeights(stored, new NetworkNames(new CheckpointNames(stored), places.TextEncoder).TextEncoder());
        Assert.Equal(ClipConfig.VitL, new NetworkSizes(view).TextEncoder());
    }

    [Theory]
    [InlineData("down_blocks.0.resnets.0.conv1.weight", 33, "33 channels in the U-Net", InputCode.Unsupported)]
    [InlineData("down_blocks.0.resnets.0.conv1.weight", 0, "0 channels in the U-Net", InputCode.Unsupported)]
    [InlineData("down_blocks.0.resnets.0.conv1.weight", 1L << 40, "1099511627776 channels", InputCode.Unsupported)]
    [InlineData("conv_in.weight", 32, "down_blocks.0.resnets.0.conv1.weight is missing", InputCode.Incomplete)]
    public void Sizes_that_no_network_has_are_refused(string name, long length, string line, InputCode code)
    {
        var error = Assert.Throws<InputException>(() => new NetworkSizes(new ShapesOnly((name, [length, 4, 3, 3]))).UNet());
        Assert.Equal(code, error.Code);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, "a text encoder of 100 channels, whose heads only a configuration tells", InputCode.Unsupported)]
    [InlineData(0, "0 channels of the text", InputCode.Unsupported)]
    public void So_is_a_text_encoder_whose_heads_cannot_be_told(long width, string line, InputCode code)
    {
        var shapes = new ShapesOnly(
            ("text_model.embeddings.token_embedding.weight", [600, width]),
            ("text_model.embeddings.position_embedding.weight", [77, width]));
        var error = Assert.Throws<InputException>(() => new NetworkSizes(shapes).TextEncoder());
        Assert.Equal(code, error.Code);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
    }

    private static string Text(UNetConfig config) => ConfigWriter.Text(json => ConfigWriter.Write(json, config));

    private static List<(string Name, long[] Shape)> Tensors(Func<WeightSource, object> network)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var weights = new RecordedWeights(new FormulaWeights());
        _ = network(new WeightStore(d, weights).Root);
        return [.. weights.Asked.Select(tensor => (tensor.Name, tensor.Shape.ToArray()))];
    }
}
