using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>What makes two files one model: equal sizes, equal numbers, and equal latents of a run.</summary>
internal static class SmallRuns
{
    /// <summary>Networks of equal sizes with equal numbers under equal names.</summary>
    public static void EnsureSame(ModelParts wanted, ModelParts found)
    {
        foreach (var (a, b) in wanted.Networks.Zip(found.Networks))
        {
            Assert.Equal(a.ConfigText(), b.ConfigText());
            Assert.Equal(a.Weights.Names.Order(), b.Weights.Names.Order());
            Assert.All(a.Weights.Names, name => Assert.True(Values(a.Weights, name).AsSpan().SequenceEqual(Values(b.Weights, name)), name));
        }
    }

    /// <summary>Two guided steps of the image model, from a picture to latents [1,8,8,4].</summary>
    public static float[] Latents(ModelParts parts)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Cpu));
        var pipeline = new EvsPipeline(EvsNetworks.Load(d, parts));
        var config = new EvsConfig { Mode = EvsMode.T2I, ImageStart = 2, ImageGuidance = 3, Seed = 3 };
        var clip = new Shape(1, 16, 16, 3);
        var x0 = d.Rent(new Shape(1, 8, 8, 4));
        pipeline.Encode(d, (frame, bytes) => bytes.Fill(90), clip, x0);
        return d.Download(pipeline.Refine(d, x0, "a fox", config));
    }

    private static float[] Values(IWeightFile file, string name)
    {
        var shape = file.FindShape(name, [])!;
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        file.Read(name, shape, values);
        return values;
    }
}
