using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Compare;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Compare;

/// <summary>Settings of a comparison, as they are typed.</summary>
public sealed class SweepTests
{
    [Fact]
    public void A_setting_takes_its_values_and_holds_others()
    {
        var group = Sweep.Read("gamma=0,0.5,1@sfi=full@video-start=4");
        Assert.Equal(("gamma (sfi full, video-start 4)", true), (group.Name, group.IsCurve));
        Assert.Equal(["0", "0.5", "1"], group.Variants.Select(variant => variant.Point));
        Assert.Equal("gamma 0.5, sfi full, video-start 4", group.Variants[1].Name);
        var choices = group.Variants[1].Choices;
        Assert.Equal(0.5, choices.Get(MethodSettings.Gamma));
        Assert.Equal((SfiPreset.Full, 4), (choices.Get(MethodSettings.Sfi), choices.Get(MethodSettings.VideoStart)));
    }

    [Fact]
    public void A_value_that_stands_twice_is_one() =>
        Assert.Equal(["2", "3"], Sweep.Read("video-start=2,3,2").Variants.Select(variant => variant.Point));

    [Theory]
    [InlineData("preset=flicker,detail")]
    [InlineData("strength=0.2,0.4")]
    [InlineData("bridge=repeat,next,direction")]
    [InlineData("upscale=1,2")]
    [InlineData("motion=a.safetensors,b.safetensors")]
    public void Whatever_changes_a_result_can_be_swept(string text) => Assert.True(Sweep.Read(text).Variants.Count >= 2);

    [Theory]
    [InlineData("gamma", InputCode.NotGiven)]
    [InlineData("gamma=", InputCode.NotGiven)]
    [InlineData("=1", InputCode.NotGiven)]
    [InlineData("gama=1", InputCode.UnknownWord)]
    [InlineData("device=cpu,cuda", InputCode.UnknownWord)]
    [InlineData("output=a,b", InputCode.UnknownWord)]
    [InlineData("gamma=0,2", InputCode.OutOfRange)]
    [InlineData("gamma=0,,1", InputCode.UnknownWord)]
    [InlineData("gamma=0,1@gamma=1", InputCode.Conflict)]
    [InlineData("gamma=0,1@sfi=deep@sfi=full", InputCode.Conflict)]
    [InlineData("gamma=0,1@sfi=wide", InputCode.UnknownWord)]
    public void What_cannot_be_swept_is_refused_in_a_line(string text, InputCode code) =>
        InputErrors.Expect(() => Sweep.Read(text), code, "--sweep");

    [Fact]
    public void A_misspelt_setting_is_guessed() =>
        Assert.Contains("did you mean 'gamma'?", InputErrors.Expect(() => Sweep.Read("gama=1"), InputCode.UnknownWord, "gama"),
            StringComparison.Ordinal);

    [Fact]
    public void Compositions_have_the_papers_names_and_order()
    {
        Assert.Equal(["T2I", "T2V", "T2I+T2V", "T2V+T2I", "T2I+[T2V]+T2I"], Names("all"));
        Assert.Equal(["T2I+[T2V]+T2I", "T2I"], Names("evs,t2i,evs"));
        InputErrors.Expect(() => CompareGroup.ReadModes("evs,t3i"), InputCode.UnknownWord, "t3i");

        static IEnumerable<string> Names(string text) => CompareGroup.ReadModes(text).Variants.Select(variant => variant.Name);
    }
}
