using EvsNative.Layers;
using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Settings;

/// <summary>
/// What was chosen: values for some of the settings. A command line, the demo, a preset, a recipe and a row of a batch are such records; a
/// run's are several laid over one another.
/// </summary>
public sealed class Choices
{
    private readonly Dictionary<Setting, Choice> _said;
    private readonly string? _origin;

    private Choices(Dictionary<Setting, Choice> said, string? origin) => (_said, _origin) = (said, origin);

    /// <summary>Nothing chosen yet.</summary>
    /// <param name="origin">whose choices they will be, such as "the demo" or a file's name, for messages; null for a command line</param>
    public Choices(string? origin = null) : this([], origin) { }

    /// <summary>The settings that something was said about, in the order of the table.</summary>
    public IEnumerable<Setting> Said => SettingTable.All.Where(_said.ContainsKey);

    /// <summary>True if something was said about a setting.</summary>
    public bool Says(Setting setting) => _said.ContainsKey(setting);

    /// <summary>What was said; null if nothing.</summary>
    public T? Get<T>(Setting<T> setting) where T : class => _said.TryGetValue(setting, out var choice) ? (T)choice.Value : null;

    /// <summary>What was said.</summary>
    /// <param name="setting">the setting</param>
    /// <param name="otherwise">the answer if nothing was said</param>
    public T? Get<T>(Setting<T> setting, T? otherwise = null) where T : struct =>
        _said.TryGetValue(setting, out var choice) ? (T)choice.Value : otherwise;

    /// <summary>The value that holds of a setting beside the method, whether something was said or not.</summary>
    public T Resolve<T>(Setting<T> setting) where T : notnull => (T)setting.HoldsIn(new EvsConfig(), ValueOf(setting))!;

    /// <summary>These and one more; what was said about the setting before is replaced.</summary>
    /// <exception cref="InputException">a number out of range, or a second word for one thing</exception>
    public Choices With<T>(Setting<T> setting, T value) where T : notnull
    {
        setting.Check(value, Spell(setting, _origin));
        return Add(setting, value);
    }

    /// <summary>These and one more, as it is typed.</summary>
    /// <exception cref="InputException">a word that is not known, a number out of range, or a second word for one thing</exception>
    public Choices With(Setting setting, string text) => Add(setting, setting.Read(text, Spell(setting, _origin)));

    /// <summary>These and all values of a setting that is given several times, each as it is typed.</summary>
    /// <exception cref="InputException">a word that is not known, a number out of range, or a second word for one thing</exception>
    public Choices With(Setting setting, IReadOnlyList<string> texts) => Add(setting, setting.Read(texts, Spell(setting, _origin)));

    /// <summary>These without some settings.</summary>
    public Choices Without(params IEnumerable<Setting> settings) => new(
        _said.Where(said => !settings.Contains(said.Key)).ToDictionary(said => said.Key, said => said.Value), _origin);

    /// <summary>A setting as whoever chose it wrote it: with dashes on a command line.</summary>
    public string Spelled(Setting setting) => Spell(setting, _said.TryGetValue(setting, out var choice) ? choice.Origin : _origin);

    /// <summary>
    /// These laid over others: a word replaces an earlier one for the same thing. What was chosen earlier with something else in mind than
    /// what holds now is left out, so that its default holds.
    /// </summary>
    /// <param name="earlier">the layer below</param>
    /// <param name="onLeftOut">told in one line of each choice that is left out</param>
    public Choices Over(Choices earlier, Action<string>? onLeftOut = null)
    {
        var held = new Dictionary<Setting, Choice>(earlier._said);
        var changedBy = new Dictionary<Setting, Setting>();
        foreach (var (setting, choice) in _said)
        {
            if (!held.TryGetValue(setting, out var before) || setting.Print(before.Value) != setting.Print(choice.Value))
                changedBy[setting] = setting;
            foreach (var rival in held.Keys.Where(setting.IsRivalOf).ToArray())
            {
                held.Remove(rival);
                changedBy[rival] = setting;
            }

            held[setting] = choice;
        }

        while (held.Keys.FirstOrDefault(setting => !Says(setting) && Cause(setting) is not null) is { } setting)
        {
            var cause = Cause(setting)!;
            string instead = setting.Default is { } value ? $": {value} instead" : "";
            onLeftOut?.Invoke(
                $"with {Spelled(cause)} {cause.Print(_said[cause].Value)}, {setting.Name} {setting.Print(held[setting].Value)}"
                + $" of {held[setting].Origin ?? "before"} no longer counts{instead}");
            held.Remove(setting);
            changedBy[setting] = cause;
        }

        return new Choices(held, _origin);

        Setting? Cause(Setting setting) => changedBy.FirstOrDefault(change => change.Key.Unsettles().Contains(setting)).Value;
    }

    /// <summary>These laid over the method's configuration.</summary>
    public EvsConfig ApplyTo(EvsConfig config) => Said.Aggregate(config, (c, setting) => setting.ApplyTo(c, _said[setting].Value));

    /// <summary>Throws if a configuration that these were laid over makes no sense, in their words.</summary>
    /// <exception cref="InputException">one line that names the setting as it was written, and its limits</exception>
    public void Validate(EvsConfig config)
    {
        foreach (var limit in config.Limits().Where(limit => !limit.Holds))
        {
            if (Said.FirstOrDefault(row => row.Limit == limit.Property) is not { } setting) continue;
            throw new InputException(
                InputCode.OutOfRange,
                $"{Spelled(setting)} {setting.Print(_said[setting].Value)}: {limit.Symbol} is out of range: {limit.Range}");
        }

        config.Validate();
    }

    /// <summary>The settings that hold in a run, by name, in the order of the table: enough to do it again.</summary>
    /// <param name="config">the method's configuration</param>
    /// <returns>numbers, truths and words as they can be typed; null where a setting without a word holds its default</returns>
    public Dictionary<string, object?> Tell(EvsConfig config)
    {
        var told = new Dictionary<string, object?>();
        foreach (var setting in SettingTable.All.Where(setting => setting.Group.IsTold))
        {
            object? value = setting.HoldsIn(config, ValueOf(setting));
            if (value is not null) told[setting.Name] = setting.Plain(value);
            else if (setting.IsAlwaysTold) told[setting.Name] = null;
        }

        return told;
    }

    /// <summary>What was said, by name: numbers, truths and words as they can be typed.</summary>
    public Dictionary<string, object> ToPlain() =>
        Said.ToDictionary(setting => setting.Name, setting => setting.Plain(_said[setting].Value));

    private static string Spell(Setting setting, string? origin) =>
        origin is not null ? $"{origin}: {setting.Name}" : setting.IsPositional ? setting.Name : $"--{setting.Name}";

    private object? ValueOf(Setting setting) => _said.TryGetValue(setting, out var choice) ? choice.Value : null;

    private Choices Add(Setting setting, object value)
    {
        if (_said.Keys.FirstOrDefault(setting.IsRivalOf) is { } rival)
        {
            var replacing = setting.InsteadOf.Contains(rival) ? setting : rival;
            throw new InputException(
                InputCode.Conflict,
                replacing.Clash ?? $"{Spell(setting, _origin)} and {Spelled(rival)} are two words for one thing: give only one of them");
        }

        return new Choices(new Dictionary<Setting, Choice>(_said) { [setting] = new Choice(value, _origin) }, _origin);
    }

    private readonly record struct Choice(object Value, string? Origin);
}
