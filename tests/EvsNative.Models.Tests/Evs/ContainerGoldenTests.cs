using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Tests.Checkpoints;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;
using Stored =
    (string Name, EvsNative.Layers.StoredType Type, System.Collections.Generic.IReadOnlyList<long> Shape, float[] Values);
using TorchTensor = EvsNative.Testing.TorchTensor;

namespace EvsNative.Models.Tests.Evs;

/// <summary>
/// The goldens' U-Net and motion modules in files of every container and naming: the reference's latents, and those of the weights by
/// formula to the bit.
/// </summary>
public sealed class ContainerGoldenTests(ContainerGoldenTests.ByFormula formula) : IClassFixture<ContainerGoldenTests.ByFormula>
{
    private const string Golden = "t2v small", Lightning = "animatediff_lightning_4step_comfyui.safetensors";

    private static readonly SingleFileNames Names = new(SmallNetworks.UNetSizes, SmallModel.Vae);

    /// <summary>U-Net and motion modules by formula; autoencoder and text encoder of another size, which no latents pass.</summary>
    private static readonly Lazy<IReadOnlyList<SmallTensor>> Tensors = new(() =>
    [
        .. FormulaTensors.Of("tiny").Where(t => t.Part == ModelPartKind.UNet || t.Part == ModelPartKind.MotionAdapter)
            .Select(t => new SmallTensor(t.Part, t.Name, t.Shape, MotionTensors.Numbers(t.Name, [.. t.Shape]))),
        .. SmallModel.Tensors.Where(t => t.Part != ModelPartKind.UNet),
    ]);

    public static TheoryData<string> Ways => [.. Forms.Keys];

    /// <summary>Each writes a model and motion modules, and gives their paths.</summary>
    private static Dictionary<string, Func<TemporaryFolder, (string Model, string Motion)>> Forms { get; } = new()
    {
        ["folders"] = folder => (Folder(folder, ".safetensors", RawSafetensors.Write), MotionFolder(folder)),
        ["original names"] = folder => (File(folder, Original()), File(folder, Motion(isOriginal: true), Lightning)),
        ["names behind model."] = folder => (
            File(folder, Original().Select(t => t with { Name = $"model.{t.Name}" })), File(folder, Motion(isOriginal: false), Lightning)),
        ["diffusers' names"] = folder => (
            File(folder, OfModel().Select(t => Plain(t, $"{t.Part.Folder}.{t.Name}"))), File(folder, Motion(true, "unet."), Lightning)),
        ["pickles"] = folder => (
            TorchFiles.WriteZip(folder["m.ckpt"], Training(Original())),
            TorchFiles.WriteZip(folder["mm_sd_v15_v2.ckpt"], Training(Motion(true, "module.")))),
        ["pickles of before torch 1.6"] = folder => (
            TorchFiles.WriteLegacy(folder["m.ckpt"], Torch(Original())),
            TorchFiles.WriteLegacy(folder["mm_sd_v15_v2.ckpt"], Torch(Motion(isOriginal: false)))),
        ["folders of pickles"] = folder => (
            Folder(folder, ".bin", (path, part, _) => TorchFiles.WriteZip(path, Torch(part))),
            TorchFiles.WriteZip(folder["mm_sd_v15_v2.ckpt"], Torch(Motion(isOriginal: true)))),
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void In_every_container_the_latents_are_the_reference_s(string way)
    {
        using var folder = new TemporaryFolder();
        var (model, motion) = Forms[way](folder);
        using var parts = ModelParts.Open(new ModelRequest(model) { Motion = motion, NeedsTokenizer = false });
        using var d = Device.Open();
        WeightStore image = new(d, parts.UNet.Weights), video = new(d, parts.Motion!.Weights);
        var unet = new UNet(image.Root, parts.UNet.Config, parts.Motion.Config, video.Root);
        image.Verify();
        video.Verify();
        float[] latents = Latents(d, unet);
        Assert.InRange(Networks.Golden.Case(Golden)["latents"].Error(Nchw.From(latents, EvsGoldenTests.Clip)), 0, EvsGoldenTests.Tolerance);
        Assert.Equal(formula.Latents, latents);
    }

    private static float[] Latents(Device d, UNet unet)
    {
        using var scope = d.Enter("golden");
        return d.Download(EvsGoldenTests.Refine(d, unet, new EvsConfig { Mode = EvsMode.T2V }));
    }

    private static IEnumerable<SmallTensor> OfModel() => Tensors.Value.Where(t => t.Part != ModelPartKind.MotionAdapter);

    private static Stored Plain(SmallTensor t, string name) => (name, StoredType.F32, t.Shape, t.Values);

    private static IEnumerable<Stored> Original() => OfModel().Select(t =>
        (Names.Stored(t.Part, t.Name), StoredType.F32, SingleFileNames.ShapeOf(t.Part, t.Shape), t.Values));

    private static IEnumerable<Stored> Motion(bool isOriginal, string prefix = "") =>
        from t in Tensors.Value
        where t.Part == ModelPartKind.MotionAdapter
        from name in isOriginal ? MotionTensors.Original(t.Name) : [t.Name]
        select Plain(t, prefix + name);

    private static IEnumerable<TorchTensor> Torch(IEnumerable<Stored> tensors) =>
        tensors.Select(t => new TorchTensor(t.Name, [.. t.Shape], t.Values, t.Type));

    private static Dictionary<string, object?> Training(IEnumerable<Stored> tensors) => new()
    {
        ["global_step"] = 1,
        ["state_dict"] = TorchFiles.Dictionary(Torch(tensors)),
    };

    private static string File(TemporaryFolder folder, IEnumerable<Stored> tensors, string name = "model.safetensors")
    {
        RawSafetensors.Write(folder[name], tensors);
        return folder[name];
    }

    private static string Folder(
        TemporaryFolder folder, string ending, Action<string, IEnumerable<Stored>, IReadOnlyDictionary<string, string>?> write)
    {
        foreach (var part in OfModel().GroupBy(t => t.Part))
        {
            bool isUNet = part.Key == ModelPartKind.UNet, isBin = ending == ".bin" && part.Key == ModelPartKind.TextEncoder;
            System.IO.File.WriteAllText(
                folder[$"model/{part.Key.Folder}/config.json"],
                isUNet ? ConfigWriter.Text(json => ConfigWriter.Write(json, SmallNetworks.UNetSizes)) : SmallModel.Config(part.Key));
            string name = isBin ? "pytorch_model" : part.Key.Stem;
            write(folder[$"model/{part.Key.Folder}/{name}{ending}"], part.Select(t => Plain(t, t.Name)), null);
        }

        return folder["model"];
    }

    private static string MotionFolder(TemporaryFolder folder)
    {
        string config = ConfigWriter.Text(json => ConfigWriter.Write(json, SmallNetworks.MotionSizes));
        System.IO.File.WriteAllText(folder["motion/config.json"], config);
        File(folder, Motion(isOriginal: false), $"motion/{ModelPartKind.MotionAdapter.Stem}.safetensors");
        return folder["motion"];
    }

    /// <summary>What the weights by formula give without any file.</summary>
    public sealed class ByFormula
    {
        public ByFormula()
        {
            using var d = Device.Open();
            Latents = ContainerGoldenTests.Latents(d, SmallNetworks.UNet(d));
        }

        internal float[] Latents { get; }
    }
}
