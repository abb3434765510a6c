using System.Runtime.InteropServices;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Fuzz.Targets;

/// <summary>Prompts, from every script and none, as 16-bit characters: halves of letters come too.</summary>
internal sealed class PromptTarget() : FuzzTarget("prompt", "prompts through a sound vocabulary", 4000)
{
    private const string File = "prompt.utf16";
    private const int Ids = 77, Kept = 75;
    private static readonly Lazy<ClipTokenizer> Usual = new(() => new ClipTokenizer(FormulaVocabulary.Make(2000)));

    /// <summary>Throws unless a prompt has as many ids as the encoder reads, all of them in the vocabulary.</summary>
    public static ClipTokens Check(ClipTokenizer tokenizer, string prompt)
    {
        var tokens = tokenizer.Encode(prompt);
        BrokenPromiseException.Unless(tokens.Ids.Length == Ids, $"{tokens.Ids.Length} ids");
        BrokenPromiseException.Unless(tokens.Ids.All(id => id >= 0 && id < tokenizer.VocabularySize), "an id outside of the vocabulary");
        foreach (var notice in tokens.Notices) Judge.Check(notice);
        return tokens;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => [.. TextSeeds.Prompts.Select(prompt => new[] { Of(prompt) })];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        string prompt = dice.OneIn(4) ? Letters(dice) : TextMutation.Change(dice, dice.Pick(TextSeeds.Prompts));
        if (dice.OneIn(4)) prompt = prompt.Insert(dice.Below(prompt.Length + 1), dice.Pick(Absurd.Halves));
        return [Of(prompt)];
    }

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        byte[] bytes = System.IO.File.ReadAllBytes(Path.Combine(folder, File));
        string prompt = new(MemoryMarshal.Cast<byte, char>(bytes));
        bool isTold = Check(Usual.Value, prompt).Notices.Any(notice => notice.Code == NoticeCode.PromptCut);
        bool isCut = Usual.Value.Words(prompt).Count > Kept;
        BrokenPromiseException.Unless(isCut == isTold, "words are cut off in silence");
    }

    private static FuzzFile Of(string prompt) => new(File, MemoryMarshal.AsBytes(prompt.AsSpan()).ToArray());

    /// <summary>Characters from anywhere in Unicode.</summary>
    private static string Letters(Dice dice)
    {
        int count = dice.Pick([1, 10, 100, 1000]);
        return string.Concat(Enumerable.Range(0, count).Select(_ => (char)(dice.OneIn(3) ? dice.Below(0x10000) : dice.Below(0x250))));
    }
}
