using EvsNative.Layers;

namespace EvsNative.Models.Sampling;

/// <summary>A kind of motion modules by its word: what a user says where names and content of the files do not tell it.</summary>
/// <param name="Word">the word, as in <c>--motion-kind lightning-4</c></param>
/// <param name="Profile">how the kind wants to be sampled</param>
public sealed record MotionKind(string Word, MotionProfile Profile)
{
    /// <summary>AnimateDiff v1, v2 and v3, and what others have trained from them.</summary>
    public static MotionKind AnimateDiff { get; } = new("animatediff", MotionProfile.AnimateDiff);

    /// <summary>AnimateLCM.</summary>
    public static MotionKind AnimateLcm { get; } = new("animatelcm", MotionProfile.AnimateLcm);

    /// <summary>AnimateDiff-Lightning whose steps the names of the files are to tell; 8 where they do not.</summary>
    public static MotionKind AnyLightning { get; } = new("lightning", MotionProfile.Lightning());

    /// <summary>Every kind, in the order in which they are listed to users.</summary>
    public static IReadOnlyList<MotionKind> All { get; } =
        [AnimateDiff, AnyLightning, .. MotionProfile.LightningSteps.Select(Distilled), AnimateLcm];

    /// <summary>What <see cref="Parse"/> knows.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. All.Select(kind => kind.Word)];

    /// <summary>AnimateDiff-Lightning, distilled for so many steps.</summary>
    /// <param name="steps">1, 2, 4 or 8</param>
    public static MotionKind Lightning(int steps = 8) => All.First(kind => kind == Distilled(steps));

    /// <summary>The kind of this word, in capitals or not.</summary>
    /// <exception cref="InputException">another word</exception>
    public static MotionKind Parse(string word) =>
        All.FirstOrDefault(kind => kind.Word.Equals(word, StringComparison.OrdinalIgnoreCase))
        ?? throw new InputException(
            InputCode.UnknownWord, $"unknown kind of motion modules {InputText.Quote(word)}: {string.Join(", ", Words)}");

    /// <inheritdoc/>
    public override string ToString() => Word;

    private static MotionKind Distilled(int steps) => new($"lightning-{steps}", MotionProfile.Lightning(steps));
}
