namespace EvsNative.Pipelines.Settings;

/// <summary>
/// Choices by intent: what somebody wants of a clip, as values of settings. docs/presets.md says why these, with numbers.
/// </summary>
public sealed class Preset
{
    private readonly (string Setting, string Value)[] _values;

    private Preset(string word, params (string Setting, string Value)[] values) => (Word, _values) = (word, values);

    /// <summary>The paper's own values, whatever the user's defaults are.</summary>
    public static Preset Paper { get; } = new(
        "paper",
        ("mode", "evs"), ("image-steps", "50"), ("image-start", "20"), ("insert-at", "10"), ("guidance", "7.5"), ("video-calls", "2"),
        ("bridge", "repeat"), ("noise", "own"), ("sfi", "none"), ("upscale", "2"), ("upscale-in", "pixels"));

    /// <summary>A clip whose details flicker from frame to frame: more of the video model, and late.</summary>
    public static Preset Flicker { get; } = new(
        "flicker",
        ("mode", "evs"), ("image-steps", "50"), ("image-start", "20"), ("insert-at", "4"), ("bridge", "direction"), ("noise", "0.5"));

    /// <summary>A clip whose colours or brightness wander: noise that all frames share, contrast given back.</summary>
    public static Preset ColourDrift { get; } = new(
        "colour-drift",
        ("mode", "evs"), ("image-steps", "50"), ("image-start", "20"), ("insert-at", "8"), ("bridge", "direction"), ("noise", "shared"),
        ("guidance-rescale", "0.7"));

    /// <summary>A soft clip that stands still enough: more steps of the image model, which has the last word.</summary>
    public static Preset Detail { get; } = new(
        "detail",
        ("mode", "evs"), ("image-steps", "50"), ("image-start", "25"), ("insert-at", "15"), ("bridge", "next"), ("noise", "own"));

    /// <summary>Another look by the prompt: the image model begins higher up.</summary>
    public static Preset Style { get; } = new(
        "style",
        ("mode", "evs"), ("image-steps", "50"), ("image-start", "32"), ("insert-at", "16"), ("bridge", "next"), ("noise", "0.5"));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Preset> All { get; } = [Flicker, ColourDrift, Detail, Style, Paper];

    /// <summary>The word that stands for it.</summary>
    public string Word { get; }

    /// <summary>What it chooses.</summary>
    public Choices Choices => _values.Aggregate(
        new Choices($"the preset {Word}"), (choices, value) => choices.With(SettingTable.Find(value.Setting)!, value.Value));
}
