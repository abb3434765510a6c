using System.Text.Json;

namespace EvsNative.Layers;

/// <summary>JSON files of strangers: configurations, indexes, vocabularies.</summary>
internal static class JsonFile
{
    /// <summary>The object that a file holds.</summary>
    /// <param name="path">the file</param>
    /// <param name="most">bytes</param>
    /// <param name="kind">what it should be, for messages</param>
    /// <exception cref="InputException">it cannot be read, breaks a rule of JSON, or holds something else than an object</exception>
    public static JsonElement ReadObject(string path, long most = InputLimits.JsonBytes, string kind = "a configuration")
    {
        var json = JsonText.Parse(OrdinaryFile.ReadAll(path, most, kind), path);
        return json.ValueKind == JsonValueKind.Object
            ? json
            : throw new InputException(InputCode.Damaged, $"{path}: the JSON is not an object");
    }
}
