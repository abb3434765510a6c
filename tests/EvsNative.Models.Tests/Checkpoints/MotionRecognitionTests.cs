using EvsNative.Layers;
using EvsNative.Models.Sampling;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>
/// What motion modules are is known by the same rules however they are given, and where nothing tells it, a line says so.
/// </summary>
public sealed class MotionRecognitionTests : IDisposable
{
    private const string V2 = "animatediff-motion-adapter-v1-5-2", Stem = "diffusion_pytorch_model.safetensors";

    private static readonly string Tiny = Repository.File("weights", "evs-tiny");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The demo's adapter under another name.</summary>
    private string Weights(string name)
    {
        string path = _folder[name];
        File.Copy(Path.Combine(Tiny, "motion_adapter", Stem), path);
        return path;
    }

    /// <summary>A folder as diffusers saves it, whose configuration has these keys more.</summary>
    private string Folder(string name, string keys = "")
    {
        string folder = Path.GetDirectoryName(Weights($"{name}/{Stem}"))!;
        string json = File.ReadAllText(Path.Combine(Tiny, "motion_adapter", "config.json"));
        json = json.Replace("\"_motion_kind\": \"lightning-8\",", keys, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "config.json"), json);
        return folder;
    }

    private static void Check(MotionKind kind, string? motion, string? model = null)
    {
        using var parts = ModelParts.Open(model ?? Tiny, motion);
        Assert.Equal(kind.Profile, parts.MotionProfile);
        Assert.DoesNotContain(parts.Notices, notice => notice.Code == NoticeCode.Assumed);
    }

    private static string Link(string path, string target, bool isFolder = false)
    {
        try
        {
            if (isFolder) Directory.CreateSymbolicLink(path, target);
            else File.CreateSymbolicLink(path, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"no links can be made here: {e.Message}");
        }

        return path;
    }

    [Fact]
    public void One_adapter_given_in_any_way_has_one_plan()
    {
        string folder = Folder(V2), file = Path.Combine(folder, Stem);
        string[] ways =
        [
            folder, folder + Path.DirectorySeparatorChar, Path.Combine(folder, "."), Path.Combine(folder, "..", V2), file,
            Path.GetRelativePath(Environment.CurrentDirectory, folder), Path.GetRelativePath(Environment.CurrentDirectory, file),
        ];
        foreach (string way in ways) Check(MotionKind.AnimateDiff, way);
    }

    [Fact]
    public void A_renamed_file_is_known_by_its_folder()
    {
        Check(MotionKind.Lightning(4), Weights("AnimateDiff-Lightning-4step/mine.safetensors"));
        Check(MotionKind.Lightning(2), Weights("AnimateDiff-Lightning/2step.safetensors"));
        Check(MotionKind.AnimateLcm, Weights("AnimateLCM/models/mine.safetensors"));
    }

    [Fact]
    public void A_link_is_known_by_what_it_leads_to()
    {
        Check(MotionKind.AnimateDiff, Link(_folder["a.safetensors"], Weights("mm_sd_v15_v2.safetensors")));
        Check(MotionKind.AnimateDiff, Link(_folder["modules"], Folder(V2), isFolder: true));
        Check(MotionKind.AnimateDiff, Link(_folder["b.safetensors"], _folder["a.safetensors"]));
    }

    [Fact]
    public void In_a_hubs_cache_links_have_the_telling_names_and_files_have_sums()
    {
        string lightning = "models--ByteDance--AnimateDiff-Lightning", v2 = $"models--guoyww--{V2}";
        string blob = Weights($"{lightning}/blobs/5f1e");
        string name = _folder[$"{lightning}/snapshots/ab12/animatediff_lightning_4step_diffusers.safetensors"];
        Check(MotionKind.Lightning(4), Link(name, Path.GetRelativePath(Path.GetDirectoryName(name)!, blob)));
        Link(_folder[$"{v2}/snapshots/cd34/{Stem}"], Weights($"{v2}/blobs/6a2f"));
        Check(MotionKind.AnimateDiff, _folder[$"{v2}/snapshots/cd34"]);
    }

    [Fact]
    public void A_models_own_adapter_is_known_by_its_configuration_or_its_path()
    {
        string Model(string name, string keys)
        {
            foreach (string part in new[] { "unet", "vae", "text_encoder", "tokenizer" })
            {
                foreach (string file in Directory.GetFiles(Path.Combine(Tiny, part)))
                    File.Copy(file, _folder[$"{name}/{part}/{Path.GetFileName(file)}"]);
            }

            return Path.GetDirectoryName(Folder($"{name}/motion_adapter", keys))!;
        }

        Check(MotionKind.Lightning(8), null);
        Check(MotionKind.Lightning(2), null, Model("a", "\"_motion_kind\": \"lightning-2\","));
        Check(MotionKind.AnimateDiff, null, Model("b", $"\"_name_or_path\": \"guoyww/{V2}\","));
        Check(MotionKind.AnimateLcm, null, Model("with-animatelcm", ""));
        using var unknown = ModelParts.Open(Model("c", ""), motion: null);
        Assert.Single(unknown.Notices);
    }

    [Fact]
    public void Tensors_tell_more_than_names()
    {
        string path = _folder["animatediff_lightning_4step.safetensors"];
        MotionTensors.Save(path, MotionTensors.Of([32], 1, hasMid: false, 24));
        using var files = new WeightFiles();
        var part = MotionAdapterFile.Open(files, path);
        Assert.Equal((MotionKind.AnimateDiff, CheckpointEvidence.Tensors), (part.Facts.Motion, part.Facts.Evidence));
        string line = Assert.Single(part.Notices).Message;
        Assert.Contains("named like AnimateDiff-Lightning, with no middle block: sampled as AnimateDiff", line, StringComparison.Ordinal);
        Assert.Empty(MotionAdapterFile.Open(files, path, MotionKind.Lightning(4)).Notices);
    }

    [Fact]
    public void A_title_that_the_writer_left_in_the_file_is_read()
    {
        string path = MotionTensors.Save(
            _folder["mine.safetensors"], MotionTensors.Of([32], 1, hasMid: true, 32),
            metadata: new Dictionary<string, string> { ["modelspec.title"] = "AnimateLCM t2v" });
        using var files = new WeightFiles();
        var facts = MotionAdapterFile.Open(files, path).Facts;
        Assert.Equal((MotionKind.AnimateLcm, CheckpointEvidence.Metadata), (facts.Motion, facts.Evidence));
    }

    [Theory]
    [InlineData("mine.safetensors")]
    [InlineData("animatediff_lightning_diffusers.safetensors")]
    public void Where_nothing_tells_a_line_says_what_is_assumed(string name)
    {
        string path = Weights(name);
        using var parts = ModelParts.Open(Tiny, path);
        Assert.Equal(MotionProfile.Lightning(), parts.MotionProfile);
        string line = Assert.Single(parts.Notices).Message;
        Assert.StartsWith($"{path}: ", line, StringComparison.Ordinal);
        Assert.Contains("sampled as AnimateDiff-Lightning in 8 steps; say --motion-kind", line, StringComparison.Ordinal);
        Assert.All(MotionKind.Words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_users_word_overrules_everything()
    {
        string?[] ways = [Weights("mine.safetensors"), Weights("animatediff_lightning_4step.safetensors"), Folder(V2), null];
        foreach (string? motion in ways)
        {
            using var parts = ModelParts.Open(Tiny, motion, motionKind: MotionKind.AnimateLcm);
            Assert.Equal(MotionProfile.AnimateLcm, parts.MotionProfile);
            Assert.Equal(CheckpointEvidence.User, parts.Motion!.Facts.Evidence);
            Assert.Equal(NoticeCode.GoesWith, Assert.Single(parts.Notices).Code);
        }
    }

    [Fact]
    public void Lightning_without_its_steps_takes_them_from_a_name_or_says_which_it_takes()
    {
        using (var parts = ModelParts.Open(Tiny, Weights("lightning_4step.safetensors"), motionKind: MotionKind.AnyLightning))
        {
            Assert.Equal(MotionProfile.Lightning(4), parts.MotionProfile);
            Assert.Empty(parts.Notices);
        }

        using var unknown = ModelParts.Open(Tiny, Weights("mine.safetensors"), motionKind: MotionKind.AnyLightning);
        Assert.Equal(MotionProfile.Lightning(8), unknown.MotionProfile);
        Assert.Contains("no name tells of how many steps", Assert.Single(unknown.Notices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_programs_have_for_any_motion_modules_tells_little_or_nothing()
    {
        using (var parts = ModelParts.Open(Tiny, Weights("animatediff/mine.safetensors")))
        {
            Assert.Equal(MotionProfile.AnimateDiff, parts.MotionProfile);
            Assert.Contains("only a folder named animatediff", Assert.Single(parts.Notices).Message, StringComparison.Ordinal);
        }

        using var unknown = ModelParts.Open(Tiny, Weights("animatediff_models/mine.safetensors"));
        Assert.Contains("neither names nor content", Assert.Single(unknown.Notices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_motion_modules_nothing_is_assumed()
    {
        using var parts = ModelParts.Open(Tiny, Weights("mine.safetensors"), needsMotion: false);
        Assert.Empty(parts.Notices);
    }

    [Theory]
    [InlineData("animatediff_lightning_4step_diffusers.safetensors", "AnimateDiffLightning 4")]
    [InlineData("animatediff_lightning_8step_comfyui.safetensors", "AnimateDiffLightning 8")]
    [InlineData("AnimateDiff-Lightning", "AnimateDiffLightning ")]
    [InlineData("lightning_18steps", "AnimateDiffLightning ")]
    [InlineData("2-step/lightning", "AnimateDiffLightning 2")]
    [InlineData("AnimateLCM_sd15_t2v.safetensors", "AnimateLcm ")]
    [InlineData("mm_sd15_LCM.safetensors", "AnimateLcm ")]
    [InlineData("mm_sd_v15_v2.safetensors", "AnimateDiff ")]
    [InlineData("v3_sd15_mm.safetensors", "AnimateDiff ")]
    [InlineData("model.safetensors/animatediff-motion-adapter-v1-5-3/lightning", "AnimateDiff ")]
    [InlineData("animatediff_lightning/4step", "AnimateDiffLightning 4")]
    [InlineData("AnimateDiffLightning_4StepsV10.safetensors", "AnimateDiffLightning 4")]
    [InlineData("animatediff-lightning-2.safetensors", "AnimateDiffLightning 2")]
    [InlineData("last.ckpt/lightning_logs/pytorch-lightning", " ")]
    [InlineData("sd15_t2v_beta.ckpt/AnimateLCM", "AnimateLcm ")]
    [InlineData("mm_sd_v14.ckpt", "AnimateDiff ")]
    [InlineData("v15_v2_mm.safetensors", "AnimateDiff ")]
    [InlineData("temporaldiff-v1-animatediff.ckpt", "AnimateDiff ")]
    [InlineData("temporaldiff-v1", "AnimateDiff ")]
    [InlineData("mm-Stabilized_high.pth", "AnimateDiff ")]
    [InlineData("Stabilized_mid.pth", "AnimateDiff ")]
    [InlineData("mm-p_0.75.pth", "AnimateDiff ")]
    [InlineData("improvedMotionModule_v01.ckpt", "AnimateDiff ")]
    [InlineData("improved3DMotion_improved3DV1.ckpt", "AnimateDiff ")]
    [InlineData("lt_long_mm_16_64_frames.ckpt", "AnimateDiff ")]
    [InlineData("motion_module.safetensors/animatediff-motion-adapter-v1-5-2", "AnimateDiff ")]
    [InlineData("mine.ckpt/models/ComfyUI-AnimateDiff-Evolved", " ")]
    [InlineData("mine.ckpt/model/sd-webui-animatediff", " ")]
    [InlineData("mine.ckpt/AnimateDiff-A1111", " ")]
    [InlineData("mine.ckpt/comm/hammer", " ")]
    [InlineData("motion_adapter", " ")]
    [InlineData("calcmodel", " ")]
    public void Names_tell_family_and_steps(string names, string told)
    {
        var found = MotionNames.Find(names.Split('/'));
        Assert.Equal(told, $"{found?.Family} {found?.Steps}");
    }

    [Theory]
    [InlineData("animatediff", "AnimateDiff", 25)]
    [InlineData("lightning", "AnimateDiff-Lightning", 8)]
    [InlineData("Lightning-1", "AnimateDiff-Lightning", 1)]
    [InlineData("lightning-4", "AnimateDiff-Lightning", 4)]
    [InlineData("animatelcm", "AnimateLCM", 6)]
    public void Kinds_have_words(string word, string family, int steps)
    {
        var kind = MotionKind.Parse(word);
        Assert.Equal((family, steps), (kind.Profile.Name, kind.Profile.Steps));
        Assert.Contains(kind.Word, MotionKind.Words);
    }

    [Fact]
    public void Another_word_is_refused_with_those_that_are_known()
    {
        var error = Assert.Throws<InputException>(() => MotionKind.Parse("lightning-3"));
        Assert.Equal(InputCode.UnknownWord, error.Code);
        Assert.All(MotionKind.Words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }
}
