using System.Text;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Fuzz.Targets;

/// <summary>A word for each setting, as it is typed.</summary>
internal sealed class SettingTarget() : FuzzTarget("setting", "a word for any setting: numbers, rates, sizes, lists, devices", 6000)
{
    private const string File = "said.txt";

    /// <summary>A word that a setting might take, or nearly.</summary>
    public static string Word(Dice dice, Setting setting) => dice.Below(5) switch
    {
        0 => setting.Example,
        1 => TextMutation.Change(dice, setting.Example).Replace('\n', ' '),
        2 => TextMutation.Change(dice, dice.Pick(SettingTable.All).Example).Replace('\n', ' '),
        3 => dice.Pick(Absurd.Oddities),
        _ => Absurd.Word(dice).Replace('\n', ' '),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound =>
        [.. SettingTable.All.Select(setting => new[] { Of(setting, setting.Example) })];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        var setting = dice.Pick(SettingTable.All);
        return [Of(setting, Word(dice, setting))];
    }

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        string[] said = System.IO.File.ReadAllText(Path.Combine(folder, File)).Split('\n', 2);
        var setting = SettingTable.Find(said[0])!;
        object value = new Choices().With(setting, said[1]).ToPlain()[setting.Name];
        var choices = value is IReadOnlyList<string> several
            ? new Choices().With(setting, several)
            : new Choices().With(setting, Typed(value));
        object again = choices.ToPlain()[setting.Name];
        string told = $"--{setting.Name} '{said[1]}' is told as '{Typed(value)}', which is read as '{Typed(again)}'";
        BrokenPromiseException.Unless(Typed(value) == Typed(again), told);
    }

    /// <summary>A plain value as a command line has it; the values of a setting that is given several times with lines between.</summary>
    private static string Typed(object value) => value is IReadOnlyList<string> several
        ? string.Join('\n', several)
        : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!;

    private static FuzzFile Of(Setting setting, string word) => new(File, Encoding.UTF8.GetBytes($"{setting.Name}\n{word}"));
}
