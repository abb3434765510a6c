using System.Collections;
using System.Globalization;
using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Pipelines.Recipes;

namespace EvsNative.Cli.Report;

/// <summary>The recipe of a result for people, line by line, as <c>inspect</c> shows it.</summary>
internal static class RecipePage
{
    private const int Label = 12, SettingLabel = 20, LongestValue = 200;

    /// <summary>The lines; none where there is no recipe.</summary>
    /// <param name="path">the result, as it was named</param>
    /// <param name="recipe">what it carries</param>
    public static IEnumerable<string> Lines(string path, Recipe? recipe)
    {
        if (recipe is null) yield break;
        yield return Line("recipe", $"made by evsnative {recipe.Version} on {recipe.Device}, {recipe.Precision}");
        yield return Line("", $"evsnative refine CLIP --recipe {ForShell(path)}");
        foreach (var input in recipe.Inputs)
            yield return Line("", $"{input.Setting.PadRight(SettingLabel)}{InputText.Name(input.Name)}{Hash(input)}");
        foreach (var (name, value) in recipe.Settings.Where(setting => recipe.Inputs.All(input => input.Setting != setting.Key)))
            yield return Line("", $"{name.PadRight(SettingLabel)}{InputText.Name(InputText.OneLine(Text(value)), LongestValue)}");
        foreach (string prompt in recipe.Prompts ?? [])
            yield return Line("", $"{"prompts".PadRight(SettingLabel)}{InputText.Name(InputText.OneLine(prompt), LongestValue)}");
    }

    private static string Hash(RecipeInput input) => input.Hash is { } hash ? $" (content {InputText.Name(hash)})" : "";

    private static string Text(object? value) => value switch
    {
        JsonElement { ValueKind: JsonValueKind.Array } list => string.Join(", ", list.EnumerateArray().Select(item => $"{item}")),
        JsonElement { ValueKind: JsonValueKind.True } => "true",
        JsonElement { ValueKind: JsonValueKind.False } => "false",
        string text => text,
        IEnumerable several => string.Join(", ", several.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Line(string label, string text) => $"{label.PadRight(Label)}{text}".TrimEnd();

    /// <summary>A path as a shell takes it for one word, whatever is in it.</summary>
    private static string ForShell(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+,:@%".Contains(c, StringComparison.Ordinal))
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
