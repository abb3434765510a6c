using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Recipes;

/// <summary>
/// A recipe as a layer of choices: below what the layer that names it says, and below its preset. Files that it knows by a name are looked
/// for where the user says, here, beside the recipe, and among the user's defaults.
/// </summary>
internal sealed class RecipeLayer
{
    private readonly Recipe _recipe;
    private readonly string _origin;
    private readonly bool _saysPrompts;

    private RecipeLayer(Recipe recipe, string origin, Choices naming, Choices below)
    {
        (_recipe, _origin) = (recipe, origin);
        _saysPrompts = naming.Says(ClipSettings.PromptFile);
        var said = ChoicesJson.Read(JsonSerializer.Serialize(recipe.Settings), origin);
        Choices = RecipePaths.With(said, (setting, path) => Find(setting, path, naming, below));
    }

    /// <summary>What it chooses.</summary>
    public Choices Choices { get; }

    /// <summary>The recipe.</summary>
    public Recipe Recipe => _recipe;

    /// <summary>Of the recipe that a layer names; null if it names none.</summary>
    /// <param name="naming">the layer</param>
    /// <param name="below">the layers below it</param>
    /// <exception cref="InputException">the recipe cannot be used</exception>
    public static RecipeLayer? Of(Choices naming, Choices below) =>
        naming.Get(PresetSettings.Recipe) is { } path ? new RecipeLayer(RecipeReader.Read(path), path, naming, below) : null;

    /// <summary>A layer with all that it names laid below it.</summary>
    /// <param name="layer">the layer</param>
    /// <param name="recipe">of the recipe that it names</param>
    public static IEnumerable<Choices> Under(Choices layer, RecipeLayer? recipe) =>
    [
        .. recipe is null ? [] : new[] { recipe.Choices },
        .. layer.Get(PresetSettings.Preset) is { } preset ? new[] { preset.Choices } : [],
        layer,
    ];

    /// <summary>Checks that the files which the recipe names can be found.</summary>
    /// <param name="held">the choices that hold</param>
    /// <exception cref="InputException">one cannot</exception>
    public void RequirePaths(Choices held)
    {
        var own = RecipePaths.In(Choices).ToHashSet();
        foreach (var (setting, path) in RecipePaths.In(held).Where(own.Contains))
        {
            bool isNeedless = setting == ClipSettings.PromptFile ? Prompts(held) is not null
                : setting == ClipSettings.Clip && held.Says(PlanSettings.Size);
            if (isNeedless || RecipePaths.IsThere(path)) continue;
            string where = setting.IsPositional ? "name it" : $"say where it is with --{setting}";
            throw new InputException(
                InputCode.NotFound, $"{_origin} was made with the {setting} {InputText.Name(path)}, which is not here: {where}");
        }
    }

    /// <summary>The prompts that it carries, if its file of prompts is what holds.</summary>
    /// <param name="held">the choices that hold</param>
    public ClipPrompts? Prompts(Choices held) =>
        _recipe.Prompts is { } lines && !_saysPrompts && held.Get(ClipSettings.PromptFile) is { } file
        && file == Choices.Get(ClipSettings.PromptFile)
            ? ClipPrompts.Parse(string.Join('\n', lines), _origin)
            : null;

    /// <summary>What is not as it was when the recipe was made, beside settings; null if nothing is.</summary>
    /// <param name="now">the recipe of this run</param>
    public Notice? Difference(Recipe now)
    {
        List<string> differing = [];
        foreach (var inputs in now.Inputs.GroupBy(input => input.Setting))
        {
            var earlier = _recipe.Inputs.Where(input => input.Setting == inputs.Key && input.Hash is not null);
            string[] lost = [.. earlier.Where(input => inputs.All(other => other.Hash != input.Hash)).Select(input => input.Name)];
            if (lost.Length > 0) differing.Add($"another {inputs.Key} ({string.Join(", ", lost)})");
        }

        string made = differing.Count > 0 ? $" with {string.Join(" and ", differing)}" : "";
        if (now.Device != _recipe.Device || now.Precision != _recipe.Precision) made += $" on {_recipe.Device} ({_recipe.Precision})";
        if (now.Version != _recipe.Version) made += $" by version {_recipe.Version} of the program";
        return made.Length == 0 ? null
            : new Notice(NoticeCode.RecipeDiffers, $"what {_origin} tells of was made{made}: this result will be another one");
    }

    private string Find(Setting setting, string path, Choices naming, Choices below)
    {
        string? told = naming.ToPlain().GetValueOrDefault(setting.Name) as string;
        if (told is not null && told != path && IsSame(setting, path, told)) return told;
        if (RecipePaths.IsThere(path)) return path;
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_origin)) ?? "", path);
        if (Path.Exists(beside)) return beside;
        string? usual = below.ToPlain().GetValueOrDefault(setting.Name) as string;
        return usual is not null && IsSame(setting, path, usual) ? usual : path;
    }

    /// <summary>
    /// Whether a file is the one that the recipe means: then what was chosen with that one in mind still counts.
    /// </summary>
    private bool IsSame(Setting setting, string name, string path) =>
        _recipe.Inputs.FirstOrDefault(input => input.Setting == setting.Name && input.Name == name)?.Hash is { } hash
        && RecipePaths.HashOf(setting, path, CancellationToken.None) == hash;
}
