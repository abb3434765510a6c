using EvsNative.Layers;

namespace EvsNative.Pipelines.Settings;

/// <summary>
/// The user's own defaults: a JSON object of settings, as a recipe has them, in <c>config.json</c>. They lie below what is said on a
/// command
/// line, and below a preset that is named there.
/// </summary>
public static class UserDefaults
{
    /// <summary>The variable that names another file; empty for none.</summary>
    public const string Variable = "EVSNATIVE_CONFIG";

    /// <summary>
    /// The file's place: EVSNATIVE_CONFIG, else evsnative/config.json in the user's folder of configurations; null for none.
    /// </summary>
    /// <param name="variable">reads a variable of the environment</param>
    public static string? Place(Func<string, string?> variable)
    {
        if (variable(Variable) is { } said) return said.Length > 0 ? said : null;
        string root = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
            : variable("XDG_CONFIG_HOME") is { } xdg && Path.IsPathFullyQualified(xdg)
                ? xdg
                : variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config") : "";
        return root.Length > 0 ? Path.Combine(root, "evsnative", "config.json") : null;
    }

    /// <summary>Reads them.</summary>
    /// <param name="variable">reads a variable of the environment; the process's own if absent</param>
    /// <returns>null where there is no such file</returns>
    /// <exception cref="InputException">the file cannot be read, or says something that makes no sense there</exception>
    public static Choices? Read(Func<string, string?>? variable = null)
    {
        string? path = Place(variable ?? Environment.GetEnvironmentVariable);
        if (path is null) return null;
        if (!File.Exists(path))
        {
            // A file that was named and is not there is a slip; the usual place may be empty.
            return (variable ?? Environment.GetEnvironmentVariable)(Variable) is null ? null : throw StorageFault.Missing(path);
        }

        byte[] text = OrdinaryFile.ReadAll(path, InputLimits.JsonBytes, "a file of settings");
        var choices = ChoicesJson.Read(JsonText.Parse(text, path), path);
        if (choices.Said.FirstOrDefault(IsOfOneClip) is not { } wrong) return choices;
        throw new InputException(
            InputCode.Conflict, $"{path}: {wrong} is of one clip and cannot be a default: say it on the command line");
    }

    /// <summary>Whether a setting belongs to one clip: a default of it would be taken for every one.</summary>
    private static bool IsOfOneClip(Setting setting) =>
        setting.IsPositional || setting == ClipSettings.Demo || setting == ClipSettings.PromptFile || setting == PresetSettings.Recipe
        || setting == OutputSettings.Output || setting == OutputSettings.Report || setting == WorkSettings.Work
        || setting == WorkSettings.Restart || setting.Group == PlanSettings.Group;
}
