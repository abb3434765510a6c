using EvsNative.Layers;
using EvsNative.Models.Sampling;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>
/// The motion modules that people have, as their files are built and called, at a small size: each is sampled as it wants to be, takes as
/// many frames as it was made for, and has the same numbers in every container.
/// </summary>
public sealed class PublishedMotionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WeightFiles _files = new();

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("mm_sd_v14.ckpt", "original", "module.", 24L, false, "animatediff", 1, 24)]
    [InlineData("mm_sd_v15.ckpt", "original", "", 24L, false, "animatediff", 1, 24)]
    [InlineData("mm_sd_v15_v2.ckpt", "original", "", 32L, true, "animatediff", 2, 32)]
    [InlineData("v3_sd15_mm.ckpt", "original", "module.", 32L, false, "animatediff", 3, 32)]
    [InlineData("animatediff-motion-adapter-v1-5-2/diffusion_pytorch_model.bin", "diffusers", "", 32L, true, "animatediff", 2, 32)]
    [InlineData("animatediff_lightning_1step_diffusers.safetensors", "diffusers", "", 32L, true, "lightning-1", 2, 32)]
    [InlineData("animatediff_lightning_2step_diffusers.safetensors", "diffusers", "", 32L, true, "lightning-2", 2, 32)]
    [InlineData("animatediff_lightning_4step_comfyui.safetensors", "original", "", 32L, true, "lightning-4", 2, 32)]
    [InlineData("animatediff_lightning_8step_comfyui.safetensors", "original", "", 32L, true, "lightning-8", 2, 32)]
    [InlineData("AnimateLCM_sd15_t2v.ckpt", "original", "", null, true, "animatelcm", 2, 64)]
    [InlineData("AnimateLCM/diffusion_pytorch_model.fp16.safetensors", "diffusers", "", 32L, true, "animatelcm", 2, 32)]
    [InlineData("mm_sd15_AnimateLCM.safetensors", "original", "", null, true, "animatelcm", 2, 64)]
    [InlineData("renamed.ckpt", "original", "", null, true, "animatelcm", 2, 64)]
    [InlineData("temporaldiff-v1-animatediff.ckpt", "original", "", 24L, false, "animatediff", 1, 24)]
    [InlineData("renamed.pth", "original", "module.", 24L, false, "animatediff", 1, 24)]
    [InlineData("mm-Stabilized_high.pth", "original", "module.", 24L, false, "animatediff", 1, 24)]
    [InlineData("mm-p_0.75.pth", "original", "", 32L, true, "animatediff", 2, 32)]
    [InlineData("improved3DMotion_improved3DV1.ckpt", "original", "", 24L, false, "animatediff", 1, 24)]
    [InlineData("lt_long_mm_32_frames.ckpt", "original", "", 32L, true, "animatediff", 2, 32)]
    [InlineData("lt_long_mm_16_64_frames.ckpt", "original", "", 128L, true, "animatediff", 2, 128)]
    public void A_file_is_what_it_is(
        string name, string spelling, string prefix, long? rows, bool hasMid, string kind, int version, int frames)
    {
        var tensors = MotionTensors.Of([32], 1, hasMid, rows).ToList();
        foreach (string path in Written(name, tensors, prefix, spelling == "original"))
        {
            var part = MotionAdapterFile.Open(_files, path);
            Assert.Equal((kind, version), (part.Facts.Motion?.Word, part.Facts.Version));
            Assert.Equal((frames, hasMid), (part.Config.MaxFrames, part.Config.HasMidBlock));
            Assert.DoesNotContain(part.Notices, notice => notice.Code is NoticeCode.Assumed or NoticeCode.Unused);
            foreach (var (tensor, shape) in tensors.Where(tensor => !tensor.Name.EndsWith(".pe", StringComparison.Ordinal)))
            {
                float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
                part.Weights.Read(tensor, shape, values);
                Assert.Equal(MotionTensors.Numbers(tensor, shape), values);
            }
        }

        _files.Verify();
    }

    /// <summary>One file, or where it ends like a pickle one in each layout of those, with what trainings leave in them.</summary>
    private IEnumerable<string> Written(string name, List<(string Name, long[] Shape)> tensors, string prefix, bool isOriginal)
    {
        if (name.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            yield return MotionTensors.Save(_folder[name], tensors, prefix, isOriginal);
            yield break;
        }

        var weights = TorchFiles.Dictionary(MotionTensors.Stored(tensors, prefix, isOriginal)
            .Select(tensor => new TorchTensor(tensor.Name, tensor.Shape, tensor.Numbers)));
        yield return TorchFiles.WriteZip(_folder[$"zip/{name}"], weights);
        var training = new Dictionary<string, object?> { ["epoch"] = 3, ["global_step"] = 1000, ["state_dict"] = weights };
        yield return TorchFiles.WriteZip(_folder[$"training/{name}"], training);
        var config = new Dictionary<string, object?> { ["motion_module_type"] = "Vanilla" };
        yield return TorchFiles.WriteLegacy(
            _folder[$"legacy/{name}"], new Dictionary<string, object?>(weights) { ["animatediff_config"] = config });
    }
}
