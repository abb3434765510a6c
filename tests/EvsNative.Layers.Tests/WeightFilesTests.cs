using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

/// <summary>Files have one owner; networks read views of them, several of one file where they lie in one.</summary>
public sealed class WeightFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Open(new DeviceOptions(Threads: 1));

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    private string Written(string name, params string[] tensors)
    {
        string path = _folder[name];
        SafetensorsWriter.Save(path, tensors.Select((tensor, i) => (tensor, new long[] { 2 }, new float[] { i, i + 0.5f })));
        return path;
    }

    [Fact]
    public void Three_networks_lie_in_one_file_and_each_is_read_to_its_end()
    {
        using var files = new WeightFiles();
        var file = files.Open(Written("all.safetensors", "unet.a", "vae.a", "text.b"));
        var views = new[] { "unet.", "vae.", "text." }.Select(prefix => files.View(file, name => name, prefix)).ToArray();
        files.Verify();
        Assert.Equal([["a"], ["a"], ["b"]], views.Select(view => view.Names.ToArray()));
        for (int i = 0; i < views.Length; i++)
        {
            var store = new WeightStore(_device, views[i]);
            Assert.Equal([i, i + 0.5f], _device.Download(store.Root.Vector(views[i].Names.Single(), 2)));
            store.Verify();
        }
    }

    [Fact]
    public void A_tensor_that_no_view_takes_is_left_over()
    {
        using var files = new WeightFiles();
        string path = Written("all.safetensors", "unet.a", "vae.a", "text.b", "spare.c");
        var file = files.Open(path);
        foreach (string prefix in new[] { "unet.", "vae.", "text." }) files.View(file, name => name, prefix);
        var error = Assert.Throws<InputException>(files.Verify);
        Assert.Equal(InputCode.Mismatch, error.Code);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(["left over: spare.c [2]"], error.Details);
    }

    [Fact]
    public void What_a_part_has_and_does_without_is_not_left_over()
    {
        using var files = new WeightFiles();
        var file = files.Open(Written("clip.safetensors", "text.b", "text.logit_scale", "text.position_ids", "text.x.pos_embed.pe"));
        var view = files.View(file, name => name == "logit_scale" ? null : name, "text.");
        Assert.Equal(["b"], view.Names);
        files.Verify();
    }

    [Fact]
    public void Left_overs_of_shards_are_named_with_their_own_file()
    {
        using var files = new WeightFiles();
        string second = Written("2.safetensors", "unet.b", "spare.c");
        var both = new CombinedWeights([files.Open(Written("1.safetensors", "unet.a")), files.Open(second)], "index");
        Assert.Equal(["a", "b"], files.View(both, name => name, "unet.").Names.Order());
        Assert.StartsWith(second, Assert.Throws<InputException>(files.Verify).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_opened_once_by_any_name_and_closed_once_with_all_others()
    {
        string path = Written("a.safetensors", "a"), other = Path.Combine(_folder.Path, ".", "a.safetensors");
        var files = new WeightFiles();
        var file = files.Open(path);
        Assert.Same(file, files.Open(other));
        var view = files.View(file, name => name);
        files.Dispose();
        files.Dispose();
        Assert.Throws<ObjectDisposedException>(() => view.Read("a", [2], new float[2]));
    }

    [Theory]
    [InlineData("position_ids", true)]
    [InlineData("text_model.embeddings.position_ids", true)]
    [InlineData("down_blocks.0.motion_modules.0.transformer_blocks.0.pos_embed.pe", true)]
    [InlineData("mid_block.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.1.pos_encoder.pe", true)]
    [InlineData("my_position_ids", false)]
    [InlineData("shape.pe", false)]
    [InlineData("position_embedding.weight", false)]
    public void Tables_that_are_computed_are_known_by_name(string name, bool isComputed) =>
        Assert.Equal(isComputed, ComputedTables.Contains(name));
}
