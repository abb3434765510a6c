using EvsNative.Layers;
using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Settings;

/// <summary>A row of the table of settings, with the type of its values.</summary>
/// <typeparam name="T">the type of the values</typeparam>
/// <param name="name">the one name</param>
/// <param name="wording">how values are written</param>
/// <param name="meaning">what it means, in a line</param>
public sealed class Setting<T>(string name, Wording<T> wording, string meaning) : Setting(name, meaning) where T : notnull
{
    private static readonly EvsLimit[] Limits = [.. new EvsConfig { Strength = 1 }.Limits()];

    /// <summary>Its range, where <see cref="Setting.Limit"/> does not tell it.</summary>
    public SettingRange? Between { private get; init; }

    /// <summary>Lays a value over the method's configuration; none where something else reads it.</summary>
    public Func<EvsConfig, T, EvsConfig>? Apply { private get; init; }

    /// <summary>Reads the value that holds from the method's configuration; none where another setting tells it.</summary>
    public Func<EvsConfig, object?>? Holds { private get; init; }

    /// <summary>
    /// The value that holds, from the one that was said, or the type's default if nothing was; for settings beside the method.
    /// </summary>
    public Func<T?, T>? Resolve { get; init; }

    /// <inheritdoc/>
    public override string Placeholder => wording.Placeholder;

    /// <inheritdoc/>
    public override string? Words => wording.IsList ? wording.Wanted : null;

    /// <inheritdoc/>
    public override bool IsRepeated => wording.Join is not null;

    /// <inheritdoc/>
    public override SettingRange? Range => Between ?? (Limits.FirstOrDefault(limit => limit.Property == Limit) is { } limit
        ? new SettingRange(limit.Least, limit.Most, limit.Bound)
        : null);

    /// <summary>The value as it can be typed again.</summary>
    public string Print(T value) => wording.Print(value);

    internal override object Read(string text, string spelled)
    {
        // A word as it was typed; what is empty or has blanks would not be seen without quotation marks.
        string word = text.Length == 0 || text.Any(char.IsWhiteSpace) ? InputText.Quote(text) : InputText.Name(text);
        if (wording.TryRead(text, out var value))
        {
            Check(value, spelled, word);
            return value;
        }

        if (wording.Number is not null && Range is { } range && Numbers.TryNumber(text, out double number))
        {
            if (!range.Contains(number)) throw Beyond(spelled, word, $"{range}");
            if (Numbers.IsWhole(text)) throw Beyond(spelled, word, $"{range}, at most {int.MaxValue}");
        }

        throw new InputException(InputCode.UnknownWord, $"{spelled} {word}: {wording.Wanted}{wording.Advice(text)}");
    }

    internal override object Read(IReadOnlyList<string> texts, string spelled) =>
        texts.Count == 1 ? Read(texts[0], spelled) : texts.Select(text => (T)Read(text, spelled)).Aggregate(wording.Join!);

    internal override void Check(object value, string spelled) => Check((T)value, spelled, Print(value));

    internal override string Print(object value) => wording.Print((T)value);

    internal override object Plain(object value) => wording.Split is { } split ? split((T)value) : wording.IsPlain ? value : Print(value);

    internal override EvsConfig ApplyTo(EvsConfig config, object value) => Apply is { } apply ? apply(config, (T)value) : config;

    internal override object? HoldsIn(EvsConfig config, object? said) =>
        Apply is not null ? Holds?.Invoke(config) : Resolve is { } resolve ? resolve(said is T value ? value : default) : said;

    private static InputException Beyond(string spelled, string word, string range) =>
        new(InputCode.OutOfRange, $"{spelled} {word}: out of range: {range}");

    private void Check(T value, string spelled, string word)
    {
        if (wording.Number is { } number && Range is { } range && !range.Contains(number(value))) throw Beyond(spelled, word, $"{range}");
    }
}
