using System.Text.Json;
using System.Text.Json.Serialization;

namespace EvsNative.Cli;

/// <summary>JSON for scripts.</summary>
internal static class ScriptOutput
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // The error of an operation that computes NaN is infinite.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Prints one object.</summary>
    /// <exception cref="LostOutputException">the output stream takes nothing</exception>
    public static void Write<T>(T value) => Screen.ShowJson(JsonSerializer.Serialize(value, Options));

    /// <summary>The same with one member more.</summary>
    /// <param name="value">what becomes an object</param>
    /// <param name="name">the member's name</param>
    /// <param name="member">the member; left out if null</param>
    /// <exception cref="LostOutputException">the output stream takes nothing</exception>
    public static void Write<T>(T value, string name, object? member)
    {
        var json = JsonSerializer.SerializeToNode(value, Options);
        if (member is not null) json!.AsObject()[name] = JsonSerializer.SerializeToNode(member, Options);
        Screen.ShowJson(json!.ToJsonString(Options));
    }
}
