using EvsNative.Layers;
using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Settings;

/// <summary>
/// A row of the table of settings. Options, help, JSON, reports, layers and checks are all made from it, so a new setting is one
/// declaration in the file of its group.
/// </summary>
public abstract class Setting
{
    private protected Setting(string name, string meaning) => (Name, Meaning) = (name, meaning);

    /// <summary>The one name: <c>--name</c> on a command line, <c>"name"</c> in JSON.</summary>
    public string Name { get; }

    /// <summary>What it means, in a line.</summary>
    public string Meaning { get; }

    /// <summary>A second name of one letter, such as "-o".</summary>
    public string? Letter { get; init; }

    /// <summary>True if a command line gives it by its place and not by its name.</summary>
    public bool IsPositional { get; init; }

    /// <summary>True if the short help lists it.</summary>
    public bool IsCommon { get; init; }

    /// <summary>Where the value comes from if nothing is said, in words, such as "half of t_I"; null if there is none.</summary>
    public string? Default { get; init; }

    /// <summary>A value as it is typed, good for the demo.</summary>
    public required string Example { get; init; }

    /// <summary>
    /// Settings that this one replaces: two words for one thing. One layer says one of them; a later layer's word replaces an earlier
    /// one's.
    /// </summary>
    public IReadOnlyList<Setting> InsteadOf { get; init; } = [];

    /// <summary>What to answer if it is given together with one that it replaces.</summary>
    public string? Clash { get; init; }

    /// <summary>
    /// Settings that were chosen with this one in mind: if a later layer changes this one, their earlier values no longer count.
    /// </summary>
    public Func<IReadOnlyList<Setting>> Unsettles { get; init; } = () => [];

    /// <summary>The property of <see cref="EvsConfig"/> whose limits are this setting's range.</summary>
    public string? Limit { get; init; }

    /// <summary>True if a run tells it even where nothing was said.</summary>
    public bool IsAlwaysTold { get; init; }

    /// <summary>Where it stands.</summary>
    public SettingGroup Group { get; internal set; } = null!;

    /// <summary>What stands for its value in the help, such as "N"; empty for a flag.</summary>
    public abstract string Placeholder { get; }

    /// <summary>The words that it knows, as in "ddim, euler or lcm"; null if it takes more than a few words.</summary>
    public abstract string? Words { get; }

    /// <summary>The numbers that it may be, if it is a number.</summary>
    public abstract SettingRange? Range { get; }

    /// <summary>True if it may be given several times; JSON has a list of texts then.</summary>
    public abstract bool IsRepeated { get; }

    /// <summary>True if naming it is enough.</summary>
    public bool IsFlag => Placeholder.Length == 0;

    /// <summary>Meaning, words or range, and default: what the help says.</summary>
    public string Description =>
        Meaning
        + (Words is { } words ? $": {words}" : Range is { } range ? $", {range}" : "")
        + (Default is { } value ? $"; default: {value}" : "");

    /// <summary>True if this and the other are two words for one thing.</summary>
    public bool IsRivalOf(Setting other) => InsteadOf.Contains(other) || other.InsteadOf.Contains(this);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Reads a value.</summary>
    /// <param name="text">as typed</param>
    /// <param name="spelled">the setting as the user wrote it, for the complaint</param>
    /// <exception cref="InputException">no such word, or a number out of range</exception>
    internal abstract object Read(string text, string spelled);

    /// <summary>Reads the values of a setting that is given several times.</summary>
    /// <param name="texts">each as typed; at least one, and exactly one for other settings</param>
    /// <param name="spelled">the setting as the user wrote it, for the complaint</param>
    /// <exception cref="InputException">no such word, or a number out of range</exception>
    internal abstract object Read(IReadOnlyList<string> texts, string spelled);

    /// <summary>Throws if a number is out of range.</summary>
    internal abstract void Check(object value, string spelled);

    /// <summary>The value as it can be typed again.</summary>
    internal abstract string Print(object value);

    /// <summary>The value for JSON: a number, a truth, a list of texts or what <see cref="Print"/> says.</summary>
    internal abstract object Plain(object value);

    /// <summary>Lays the value over the method's configuration.</summary>
    internal abstract EvsConfig ApplyTo(EvsConfig config, object value);

    /// <summary>The value that holds in a run; null if there is none or another setting tells it.</summary>
    /// <param name="config">the method's configuration</param>
    /// <param name="said">what was said, if anything</param>
    internal abstract object? HoldsIn(EvsConfig config, object? said);
}
