using System.Text.Json;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Adapters;

/// <summary>Adapters of every naming scheme and form against tests/reference/lora_torch.py, which merges by hand in float64.</summary>
public sealed class LoraGoldenTests : IDisposable
{
    /// <summary>Roundings of float32 against the weight's rms: products of a few terms, one sum.</summary>
    private const double Tolerance = 1e-6;

    /// <summary>That of the small networks' goldens.</summary>
    private const double NetworkTolerance = 2e-5;

    private static readonly JsonElement Goldens =
        JsonElement.Parse(File.ReadAllBytes(Repository.File("tests", "reference", "loras.json")));

    private readonly LoraRig _rig = new();

    public static TheoryData<string> Cases => [.. Goldens.EnumerateObject().Select(row => row.Name).Where(name => name != "network")];

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Merged_weights_equal_those_merged_by_hand(string name)
    {
        var merge = Open(name);
        var got = LoraRig.Changed(merge);
        var wanted = Goldens.GetProperty(name).GetProperty("merged");
        Assert.NotEmpty(wanted.EnumerateObject());
        foreach (var row in wanted.EnumerateObject()) AssertEqual(row, got[row.Name]);
        Assert.Equal(wanted.EnumerateObject().Select(row => row.Name).Order(), got.Keys.Order());
        Assert.Equal(name == "kohya without alphas" ? [NoticeCode.Assumed] : [], merge.Notices.Select(notice => notice.Code));
    }

    [Fact]
    public void A_network_with_three_of_them_equals_the_reference()
    {
        var merge = Open(Goldens.GetProperty("network").GetProperty("case").GetString()!);
        using var d = Device.Open(new DeviceOptions(Threads: 1));
        var store = new WeightStore(d, merge.Applied(LoraRig.UNet).Weights);
        var network = new UNet(store.Root, SmallNetworks.UNetSizes);
        store.Verify();
        var latents = Nchw.Input(d, "input.sample", new Shape(1, 16, 24, 4));
        var prompt = new Shape(1, 1, 77, 32);
        var text = d.Upload(FormulaWeights.Input("input.context", prompt.Count), prompt);
        var goldens = Golden.Case("network", file: "loras.json");
        var got = new Features(d, goldens.Keys);
        network.Forward(d, latents, new Conditioning { Timestep = 481, Text = text, Tap = got });
        Assert.InRange(goldens["output"].Error(got["output"]), 0, NetworkTolerance);
        Assert.True(Golden.Case("unet small")["output"].Error(got["output"]) > 100 * NetworkTolerance, "as if nothing had been merged");
    }

    private static void AssertEqual(JsonProperty row, float[] got)
    {
        double[] values = [.. row.Value.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())];
        double rms = row.Value.GetProperty("rms").GetDouble(), ours = Math.Sqrt(got.Average(value => (double)value * value));
        int last = got.Length - 1;
        double worst = values.Select((value, i) => Math.Abs(value - got[(int)(i * (long)last / 7)])).Append(Math.Abs(rms - ours)).Max();
        Assert.True(worst <= Tolerance * rms, $"{row.Name}: {worst / rms:E2} of its rms beside the reference");
    }

    private LoraMerge Open(string name)
    {
        var loras = Goldens.GetProperty(name).GetProperty("loras").EnumerateArray().Select((lora, i) => new LoraChoice(
            _rig.Write(
                $"{i}.safetensors", lora.GetProperty("tensors").EnumerateArray().Select(Tensor), Words(lora.GetProperty("metadata"))),
            lora.GetProperty("strength").GetDouble(),
            lora.GetProperty("text").GetDouble()));
        return _rig.Open([.. loras]);
    }

    private static (string Name, long[] Shape, float? Number) Tensor(JsonElement row) =>
        (row[0].GetString()!, [.. row[1].EnumerateArray().Select(length => length.GetInt64())],
            row[2].ValueKind == JsonValueKind.Null ? null : row[2].GetSingle());

    private static Dictionary<string, string> Words(JsonElement metadata) =>
        metadata.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);
}
