using EvsNative.Layers;
using EvsNative.Models.Evs;

namespace EvsNative.Models.Tests.Evs;

public sealed class SfiConfigTests
{
    private static readonly NamedFeatures Sd15 = new(UNetConfig.Sd15);

    [Theory]
    [InlineData(SfiPreset.None, false, 0)]
    [InlineData(SfiPreset.Deep, true, 10)]
    [InlineData(SfiPreset.Shallow, true, 18)]
    [InlineData(SfiPreset.Full, true, 28)]
    public void Presets_name_queries_keys_values_and_f(SfiPreset preset, bool isOn, int count)
    {
        var sfi = new SfiConfig(preset);
        Assert.Equal((isOn, count), (sfi.IsOn, sfi.Names(Sd15).Count));
    }

    [Fact]
    public void Deep_is_near_the_bottleneck_and_shallow_near_the_output()
    {
        var deep = new SfiConfig(SfiPreset.Deep).Names(Sd15);
        Assert.Contains("up_blocks.1.attentions.2.transformer_blocks.0.attn1.q", deep);
        Assert.Contains("up_blocks.1.resnets.1", deep);
        Assert.DoesNotContain(deep, name => name.StartsWith("up_blocks.2", StringComparison.Ordinal));

        var shallow = new SfiConfig(SfiPreset.Shallow).Names(Sd15);
        Assert.All(shallow, name => Assert.Matches(@"^up_blocks\.[23]\.attentions\.[012]\.transformer_blocks\.0\.attn1\.[qkv]$", name));
        Assert.Equal((0.8, 0.5, 1.0), (Weight(SfiPreset.Deep), Weight(SfiPreset.Shallow), Weight(SfiPreset.Full)));
    }

    [Fact]
    public void Free_lists_count_from_the_bottleneck()
    {
        var names = new SfiConfig(Attentions: [0, 8], Convs: [4, 11], Gamma: 0.3).Names(Sd15);
        Assert.Equal(8, names.Count);
        Assert.Superset(
            new HashSet<string>
            {
                "up_blocks.1.attentions.0.transformer_blocks.0.attn1.k", "up_blocks.3.attentions.2.transformer_blocks.0.attn1.v",
                "up_blocks.1.resnets.1", "up_blocks.3.resnets.2",
            },
            names.ToHashSet());
    }

    [Fact]
    public void A_list_replaces_only_its_part_of_a_preset()
    {
        Assert.Equal(9, new SfiConfig(SfiPreset.Deep, Convs: []).Names(Sd15).Count);
        Assert.Equal(["up_blocks.1.resnets.1"], new SfiConfig(SfiPreset.Deep, Attentions: []).Names(Sd15));
        Assert.False(new SfiConfig(SfiPreset.Deep, Attentions: [], Convs: []).IsOn);
        Assert.False(new SfiConfig(SfiPreset.Shallow, Attentions: []).IsOn);
        Assert.True(new SfiConfig(Attentions: [3]).IsOn);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(-1)]
    public void Layers_that_the_model_lacks_are_refused(int layer)
    {
        var e = Assert.Throws<InputException>(() => new SfiConfig(Attentions: [layer]).Names(Sd15));
        Assert.Equal($"feature injection: there is no attention {layer}, the model has 0 to 8", e.Message);
    }

    [Fact]
    public void Presets_follow_the_network()
    {
        var tiny = new NamedFeatures(UNetConfig.Sd15 with { LayersPerBlock = 1 });
        Assert.Equal(7, new SfiConfig(SfiPreset.Deep).Names(tiny).Count);
        Assert.Equal(12, new SfiConfig(SfiPreset.Shallow).Names(tiny).Count);
    }

    private static double Weight(SfiPreset preset) => new SfiConfig(preset).QueryWeight;
}
