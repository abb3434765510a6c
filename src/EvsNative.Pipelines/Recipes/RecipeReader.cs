using System.Text;
using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Settings;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Recipes;

/// <summary>
/// Finds the recipe in what a run has left: a result (video, PNG, JPEG, a folder of frames), a report, the folder of an unfinished run, or
/// JSON: a recipe itself, what <c>--json</c> of refine and inspect print, <c>numbers.json</c>. All of them are strangers' files.
/// </summary>
public static class RecipeReader
{
    /// <summary>What stands before the recipe in a report.</summary>
    internal const string PageMark = "<script type=\"application/json\" id=\"recipe\">";

    private const string PageEnd = "</script>", Wanted = "give a result of evsnative refine, its report, or a file of JSON that "
        + "evsnative inspect --json prints; GIF and WebP carry none";

    /// <summary>Most bytes of a text that is no JSON in which a recipe is looked for: a page begins with it.</summary>
    private const int PageBytes = 1 << 16;

    /// <summary>Names of members that may hold a recipe, of the objects that are known.</summary>
    private static readonly string[] Members = ["recipe", "repeat"];

    /// <summary>The recipe of a file or folder.</summary>
    /// <exception cref="InputException">there is nothing, nothing that carries a recipe, or one that this version cannot use</exception>
    public static Recipe Read(string path, CancellationToken cancellation = default)
    {
        if (!Path.Exists(path)) throw StorageFault.Missing(path);
        return Look(path, cancellation)
            ?? throw new InputException(InputCode.WrongKind, $"{path} carries no recipe: {Wanted}");
    }

    /// <summary>The same for those who only ask whether there is one: null for what carries none, or none that can be used.</summary>
    public static Recipe? Find(string path, CancellationToken cancellation = default)
    {
        try
        {
            return Path.Exists(path) ? Look(path, cancellation) : null;
        }
        catch (InputException)
        {
            return null;
        }
    }

    /// <summary>Understands a recipe.</summary>
    /// <param name="json">the object</param>
    /// <param name="origin">where it stands, for messages</param>
    /// <exception cref="InputException">it is none, or one of a later kind</exception>
    internal static Recipe Understand(JsonElement json, string origin)
    {
        string version = InputText.Name(json.Text("version") ?? "unknown");
        if (json.Text("format") != Recipe.ThisFormat)
        {
            throw new InputException(
                InputCode.Unsupported,
                $"{origin}: a recipe of a later kind, by version {version} of the program: update this one, of version "
                + ProgramVersion.Text);
        }

        if (!json.TryGetProperty("settings", out var settings) || settings.ValueKind != JsonValueKind.Object)
            throw Damaged(origin, "it has no settings");
        string[] unknown =
        [
            .. settings.EnumerateObject().Where(setting => SettingTable.Find(setting.Name) is null).Select(setting => setting.Name),
        ];
        if (unknown.Length > 0)
        {
            string list = string.Join(", ", unknown.Take(5).Select(name => InputText.Name(name)));
            throw new InputException(
                InputCode.UnknownWord,
                $"{origin}: the recipe, by version {version}, has settings that this version ({ProgramVersion.Text}) does not know: {list}"
                + ": update the program, or take them out of the recipe");
        }

        var names = settings.EnumerateObject().Select(setting => SettingTable.Find(setting.Name)!);
        if (names.FirstOrDefault(setting => !RecipeMaker.Holds(setting)) is { } wrong)
            throw new InputException(InputCode.Conflict, $"{origin}: {wrong} is nothing that a recipe may say: take it out of the recipe");
        return new Recipe
        {
            Version = version,
            Device = InputText.Name(json.Text("device") ?? "unknown"),
            Precision = InputText.Name(json.Text("precision") ?? "unknown"),
            Settings = settings.EnumerateObject().ToDictionary(row => row.Name, row => (object?)row.Value),
            Prompts = !json.TryGetProperty("prompts", out var lines) ? null
                : Texts(lines) ?? throw Damaged(origin, "its prompts are no texts"),
            Inputs = json.TryGetProperty("inputs", out var inputs) ? InputsOf(inputs, origin) : [],
        };
    }

    private static Recipe? Look(string path, CancellationToken cancellation)
    {
        if (!Directory.Exists(path)) return OfFile(path, path, cancellation);
        string run = Path.Combine(path, RunFolder.RecipeName);
        if (OrdinaryFile.Exists(run)) return OfFile(run, path, cancellation);
        // Frames carry it each; whoever takes some of them out takes it along.
        string? frame = FrameNames.FilesOf(path).Where(PngFolder.IsPicture).Order(NaturalOrder.Instance).FirstOrDefault();
        return frame is null ? null : OfFile(frame, path, cancellation);
    }

    private static Recipe? OfFile(string file, string origin, CancellationToken cancellation)
    {
        OrdinaryFile.Require(file);
        if (RecipeText.Of(file, cancellation) is { } line) return Understand(JsonText.Parse(Encoding.UTF8.GetBytes(line), origin), origin);
        string start = Encoding.UTF8.GetString(RecipeText.Start(file, PageBytes));
        if (start.TrimStart('\uFEFF').TrimStart() is ['{', ..])
        {
            var json = JsonText.Parse(OrdinaryFile.ReadAll(file, InputLimits.JsonBytes, "a recipe"), origin);
            return IsRecipe(json) ? Understand(json, origin)
                : Members.Select(name => json.TryGetProperty(name, out var member) && IsRecipe(member) ? member : (JsonElement?)null)
                    .FirstOrDefault(member => member is not null) is { } found ? Understand(found, origin)
                : null;
        }

        int at = start.IndexOf(PageMark, StringComparison.Ordinal);
        if (at < 0 || start.IndexOf(PageEnd, at, StringComparison.Ordinal) is not (> 0 and var end)) return null;
        return Understand(JsonText.Parse(Encoding.UTF8.GetBytes(start[(at + PageMark.Length)..end]), origin), origin);
    }

    private static bool IsRecipe(JsonElement json) => json.Text("format")?.StartsWith(Recipe.FormatStart, StringComparison.Ordinal) == true;

    private static RecipeInput[] InputsOf(JsonElement inputs, string origin) =>
        inputs.ValueKind == JsonValueKind.Array && inputs.EnumerateArray().All(input => input.Text("setting") is not null)
            ? [.. inputs.EnumerateArray().Select(input => new RecipeInput(
                InputText.Name(input.Text("setting")!), InputText.Name(input.Text("name") ?? "unknown"), input.Text("hash")))]
            : throw Damaged(origin, "its inputs are no list of files");

    private static string[]? Texts(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array && json.EnumerateArray().All(line => line.ValueKind == JsonValueKind.String)
            ? [.. json.EnumerateArray().Select(line => line.GetString()!)]
            : null;

    private static InputException Damaged(string origin, string what) =>
        new(InputCode.Damaged, $"{origin}: no recipe that can be used: {what}: {Wanted}");
}
