using System.Text;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Fuzz.Targets;

/// <summary>Choices as JSON, as recipes and the demo have them.</summary>
internal sealed class RecipeTarget() : FuzzTarget("recipe", "choices as JSON", 4000)
{
    private const string File = "recipe.json";

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => Each(File, TextSeeds.Recipes.Select(Encoding.UTF8.GetBytes));

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) =>
        [new(File, JsonMutation.Change(dice, Encoding.UTF8.GetBytes(dice.Pick(TextSeeds.Recipes))))];

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        var choices = ChoicesJson.Read(System.IO.File.ReadAllText(Path.Combine(folder, File)), "the recipe");
        string written = ChoicesJson.Write(choices);
        string again = ChoicesJson.Write(ChoicesJson.Read(written, "the recipe"));
        BrokenPromiseException.Unless(again == written, "read back otherwise than written");
        var config = choices.ApplyTo(new EvsConfig());
        choices.Validate(config);
        BrokenPromiseException.Unless(EvsPlan.Build(config).Count > 0, "a plan of no stages");
        choices.Tell(config);
    }
}
