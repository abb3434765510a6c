using EvsNative.Layers;
using EvsNative.Models.Sampling;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>
/// Checkpoints by formula: every tensor of the networks, the same numbers in both layouts, names that the single file's own rules lead
/// back.
/// </summary>
public sealed class FormulaCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Counts of models.md 2, 3, 4 and 5.1; tables of positions are no parameters.
    [Theory]
    [InlineData("unet", 686, 859_520_964)]
    [InlineData("vae", 248, 83_653_863)]
    [InlineData("text_encoder", 196, 123_060_480)]
    [InlineData("motion_adapter", 567, 453_209_280)]
    public void The_full_size_has_the_tensors_and_parameters_of_the_published_model(string part, int tensors, long parameters)
    {
        var own = FormulaTensors.Of("sd15").Where(tensor => tensor.Part.Folder == part).ToArray();
        Assert.Equal(tensors, own.Length);
        Assert.Equal(parameters, own.Where(tensor => !ComputedTables.Contains(tensor.Name)).Sum(tensor => (long)tensor.Count));
    }

    [Theory]
    [InlineData("down_blocks.1.resnets.0.conv_shortcut.weight", 4)]
    [InlineData("mid_block.attentions.0.proj_in.weight", 4)]
    [InlineData("up_blocks.3.attentions.2.transformer_blocks.0.attn2.to_k.weight", 2)]
    [InlineData("post_quant_conv.weight", 4)]
    [InlineData("decoder.mid_block.attentions.0.to_out.0.weight", 2)]
    [InlineData("up_blocks.0.motion_modules.2.proj_out.weight", 2)]
    [InlineData("up_blocks.0.motion_modules.2.transformer_blocks.0.pos_embed.pe", 3)]
    public void Tensors_have_the_axes_that_diffusers_gives_them(string name, int axes) =>
        Assert.Equal(axes, FormulaTensors.Of("sd15").Single(tensor => tensor.Name == name).Shape.Count);

    [Fact]
    public void Both_layouts_hold_the_formula_s_numbers_rounded_to_their_type()
    {
        FormulaCheckpoint.WriteFolder(Directory.CreateDirectory(_folder["model"]).FullName, "tiny", StoredType.F32);
        FormulaCheckpoint.WriteSingleFile(_folder["model.safetensors"], "tiny", StoredType.F16);
        using var single = SafetensorsFile.Open(_folder["model.safetensors"]);
        var formula = new FormulaWeights();
        int compared = 0;
        foreach (var kind in new ModelPartKind[] { ModelPartKind.UNet, ModelPartKind.Vae, ModelPartKind.TextEncoder })
        {
            using var part = SafetensorsFile.Open(_folder[$"model/{kind.Folder}/{kind.Stem}.safetensors"]);
            foreach (var (name, tensor) in part.Tensors)
            {
                float[] expected = new float[tensor.Count];
                formula.Read(name, tensor.Shape, expected);
                Assert.Equal(expected, part.Values(name));
                Assert.Equal(expected.Select(value => (float)(Half)value), single.Values(SingleFileNames.Of(kind, name)));
                compared++;
            }
        }

        Assert.Equal(single.Tensors.Count, compared);
    }

    [Fact]
    public void Names_of_the_single_file_lead_back_to_those_of_diffusers()
    {
        ModelPartKind[] parts = [ModelPartKind.UNet, ModelPartKind.Vae];
        var tensors = FormulaTensors.Of("sd15").Where(tensor => parts.Contains(tensor.Part)).ToArray();
        var single = tensors.Select(tensor => SingleFileNames.Of(tensor.Part, tensor.Name));
        Assert.Equal(tensors.Select(tensor => tensor.Name), single.Select(SingleFileRules.ToDiffusers));
    }

    [Fact]
    public void The_folder_is_opened_as_the_model_that_was_written()
    {
        FormulaCheckpoint.WriteFolder(Directory.CreateDirectory(_folder["model"]).FullName, "tiny", StoredType.F16);
        using ModelParts formula = FormulaModels.Open("tiny"), written = ModelParts.Open(_folder["model"], motion: null);
        Assert.Equal(formula.Networks.Select(part => part.ConfigText()), written.Networks.Select(part => part.ConfigText()));
        Assert.Equal(formula.MotionProfile, written.MotionProfile);
        Assert.Empty(written.Notices);
    }

    [Fact]
    public void Another_size_is_an_unknown_word() =>
        Assert.Equal(InputCode.UnknownWord, Assert.Throws<InputException>(() => FormulaModels.Open("huge")).Code);

    [Fact]
    public void The_schedule_is_that_of_Stable_Diffusion()
    {
        FormulaCheckpoint.WriteFolder(Directory.CreateDirectory(_folder["model"]).FullName, "tiny", StoredType.F16);
        var written = ModelFolder.Open(_folder["model"]).ReadScheduler()!.Value;
        Assert.Equal(SchedulerConfig.StableDiffusion, SchedulerConfig.Parse(written, "test", SchedulerConfig.AnimateLcm));
    }

    [Fact]
    public void The_vocabulary_has_the_ids_of_CLIP_for_bytes_and_special_words()
    {
        var files = FormulaModels.Vocabulary("sd15");
        var tokenizer = new ClipTokenizer(files);
        Assert.Equal(49408, tokenizer.VocabularySize);
        Assert.Equal(49408, files.Vocabulary.Count);
        string[] words = ["!", "!</w>", "<|startoftext|>", "<|endoftext|>"];
        Assert.Equal([0, 256, 49406, 49407], words.Select(word => files.Vocabulary[word]));
        Assert.Equal([files.Vocabulary["fox</w>"], files.Vocabulary["7</w>"]], tokenizer.Words("Fox 7"));
    }

    [Fact]
    public void A_vocabulary_read_back_gives_the_same_ids()
    {
        FormulaCheckpoint.WriteFolder(Directory.CreateDirectory(_folder["model"]).FullName, "tiny", StoredType.F16);
        var written = ClipTokenizer.FromFolder(_folder["model/tokenizer"]);
        Assert.Equal(1000, written.VocabularySize);
        const string prompt = "a naïve fox, 12 m";
        Assert.Equal(new ClipTokenizer(FormulaModels.Vocabulary("tiny")).Encode(prompt).Ids, written.Encode(prompt).Ids);
    }
}
