using EvsNative.Layers;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Compare;

/// <summary>
/// A setting that takes several values, one after the other, perhaps with others held: <c>gamma=0,0.5,1@sfi=full</c> is gamma at three
/// values, all with full feature injection. A curve of the paper's Figures 7 and 8 is one.
/// </summary>
internal static class Sweep
{
    private const string Option = "--sweep", Form = "write NAME=VALUE,VALUE, such as gamma=0,0.5,1@sfi=full";

    /// <summary>What of a run can be swept: what its result depends on, beside the clip and the machine.</summary>
    private static readonly SettingGroup[] Groups =
        [MethodSettings.Group, PictureSettings.Group, ModelSettings.Group, PresetSettings.Group];

    /// <summary>Reads a sweep.</summary>
    /// <param name="text">as typed</param>
    /// <exception cref="InputException">a name that no setting has, or a value that the setting does not take</exception>
    public static CompareGroup Read(string text)
    {
        string[] parts = text.Split('@');
        var (swept, values) = Split(parts[0], text);
        var held = new Choices(Option);
        var names = new List<string>();
        foreach (string part in parts[1..])
        {
            var (setting, value) = Split(part, text);
            if (setting == swept || held.Says(setting))
                throw new InputException(InputCode.Conflict, $"{Option} {InputText.Quote(text)}: {setting} is said twice: say it once");
            held = held.With(setting, value);
            names.Add($"{setting} {value}");
        }

        string rest = string.Concat(names.Select(name => $", {name}"));
        string heading = names.Count == 0 ? swept.Name : $"{swept} ({string.Join(", ", names)})";
        return new CompareGroup(heading, IsCurve: true,
        [
            .. values.Split(',').Distinct().Select(value => new CompareVariant(
                $"{swept} {value}{rest}", $"{swept} {value}", value, held.With(swept, value))),
        ]);
    }

    private static (Setting Setting, string Value) Split(string part, string text)
    {
        int sign = part.IndexOf('=', StringComparison.Ordinal);
        if (sign <= 0 || sign == part.Length - 1)
            throw new InputException(InputCode.NotGiven, $"{Option} {InputText.Quote(text)}: there is no value: {Form}");
        string name = part[..sign];
        var known = SettingTable.All.Where(row => Groups.Contains(row.Group)).ToArray();
        if (known.FirstOrDefault(row => row.Name == name) is { } setting) return (setting, part[(sign + 1)..]);
        string advice = SettingTable.Find(name) is not null
            ? ": it changes nothing of a result that could be compared"
            : Spelling.DidYouMean(name, known.Select(row => row.Name));
        throw new InputException(
            InputCode.UnknownWord, $"{Option} {InputText.Quote(text)}: there is no setting {InputText.Quote(name)} to sweep{advice}");
    }
}
