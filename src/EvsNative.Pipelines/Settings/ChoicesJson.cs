using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Settings;

/// <summary>Choices as a JSON object: a setting's name and its value as a number, a truth or the word that is typed.</summary>
public static class ChoicesJson
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes choices, indented.</summary>
    public static string Write(Choices choices) => JsonSerializer.Serialize(choices.ToPlain(), Readable);

    /// <summary>Reads choices from a text.</summary>
    /// <param name="text">a JSON object; null for a value says nothing</param>
    /// <param name="origin">where it comes from, such as a file's name, for messages</param>
    /// <exception cref="InputException">no JSON object, a name that no setting has, or a value that a setting does not take</exception>
    public static Choices Read(string text, string origin)
    {
        // Half a surrogate of a text becomes U+FFFD here; one that is written with a backslash is refused.
        return Read(JsonText.Parse(Encoding.UTF8.GetBytes(text), origin), origin);
    }

    /// <inheritdoc cref="Read(string, string)"/>
    public static Choices Read(JsonElement json, string origin)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new InputException(InputCode.WrongKind, $"{origin}: settings are a JSON object, such as {{ \"strength\": 0.5 }}");
        var choices = new Choices(origin);
        foreach (var property in json.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
        {
            string name = property.Name;
            var setting = SettingTable.Find(name) ?? throw Unknown(name, origin);
            if (choices.Says(setting)) throw new InputException(InputCode.Conflict, $"{origin}: {setting} is said twice: say it once");
            var value = property.Value;
            if (setting.IsRepeated && Texts(value) is { } texts)
            {
                if (texts.Count > 0) choices = choices.With(setting, texts);
                continue;
            }

            if (value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
            {
                throw new InputException(
                    InputCode.UnknownWord, $"{origin}: {setting}: a number, true, false or a text in quotation marks is needed");
            }

            choices = choices.With(setting, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
        }

        return choices;
    }

    /// <summary>The members of a list of texts; null for anything else.</summary>
    private static List<string>? Texts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(member => member.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(member => member.GetString()!)]
            : null;

    private static InputException Unknown(string name, string origin)
    {
        string advice = Spelling.DidYouMean(name, SettingTable.All.Select(row => row.Name));
        return new InputException(InputCode.UnknownWord, $"{origin}: there is no setting {InputText.Quote(name)}{advice}");
    }
}
