using System.Text;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Pipelines.Pictures;
using EvsNative.Pipelines.Recipes;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Fuzz.Targets;

/// <summary>What --recipe is given: recipes in JSON, in PNG and JPEG, in pages, changed as strangers may.</summary>
internal sealed class ResultTarget() : FuzzTarget("result", "recipes in JSON, pictures and pages", 3000)
{
    private const string File = "result";

    private static readonly byte[] Jpeg = StillImage.Jpeg(new byte[12], 2, 2, 90), Png = StillImage.Png(new byte[12], 2, 2);

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => Each(File, TextSeeds.Results.SelectMany(Carriers));

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        byte[] recipe = JsonMutation.Change(dice, Encoding.UTF8.GetBytes(dice.Pick(TextSeeds.Results)));
        byte[] carrier = dice.Pick(Carriers(Encoding.UTF8.GetString(recipe)));
        return [new(File, dice.OneIn(3) ? ByteMutation.Change(dice, carrier) : carrier)];
    }

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        string path = Path.Combine(folder, File);
        var recipe = RecipeReader.Read(path);
        var request = new RefineRequest(new Choices().With(ClipSettings.Clip, folder).With(PresetSettings.Recipe, path));
        BrokenPromiseException.Unless(request.Choices.Get(ClipSettings.Clip) == folder, "the recipe's clip in place of the user's");
        bool isStrange = request.Choices.Said.Any(setting => setting.Group == WorkSettings.Group || setting == OutputSettings.Output);
        BrokenPromiseException.Unless(!isStrange, "a recipe that says where to write");
        BrokenPromiseException.Unless(!recipe.ToLine().Contains('\n'), "a recipe of several lines");
    }

    private static List<byte[]> Carriers(string recipe) =>
    [
        Encoding.UTF8.GetBytes(recipe),
        Encoding.UTF8.GetBytes($"{{\"settings\":{{}},\"recipe\":{recipe}}}"),
        Encoding.UTF8.GetBytes($"<!doctype html>\n<title>x</title>\n{RecipeReader.PageMark}{recipe}</script>\n"),
        PngText.With(Png, "evsnative", recipe),
        .. Encoding.UTF8.GetByteCount(recipe) > JpegText.MostBytes ? [] : new[] { JpegText.With(Jpeg, recipe) },
    ];
}
