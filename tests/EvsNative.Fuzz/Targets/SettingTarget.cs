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
        object? value = new Choices().With(setting, said[1]).ToPlain()[setting.Name];
        string typed = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!;
        object? again = new Choices().With(setting, typed).ToPlain()[setting.Name];
        string told = $"--{setting.Name} '{said[1]}' is told as '{typed}', which is read as '{again}'";
        BrokenPromiseException.Unless(value.Equals(again), told);
    }

    private static FuzzFile Of(Setting setting, string word) => new(File, Encoding.UTF8.GetBytes($"{setting.Name}\n{word}"));
}
