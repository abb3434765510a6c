using System.Runtime.InteropServices;
using System.Text;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Models;

namespace EvsNative.Fuzz.Targets;

/// <summary>
/// Prompts, from every script and none, as 16-bit characters: halves of letters come too. And files with a prompt for each range of
/// frames.
/// </summary>
internal sealed class PromptTarget() : FuzzTarget("prompt", "prompts through a sound vocabulary, and files of prompts", 2500)
{
    private const string File = "prompt.utf16", Ranges = "prompts.txt";
    private const int Frames = 16, MostWeight = 100;
    private static readonly Lazy<ClipTokenizer> Usual = new(() => new ClipTokenizer(FormulaVocabulary.Make(2000)));

    /// <summary>
    /// Throws unless every chunk of a prompt has as many ids as the encoder reads, all of them in the vocabulary or among the new words',
    /// and weights within their limits; and unless what is cut is beyond the last chunk.
    /// </summary>
    public static void Check(ClipTokenizer tokenizer, string prompt)
    {
        var words = new PromptWords(tokenizer.VocabularySize, [new WordVectors(["moody"], new float[3], 3, "moody.pt")]);
        var text = PromptText.Parse(prompt);
        foreach (var notice in PromptNotices.Of("the prompt", text, words)) Judge.Check(notice);
        foreach (var notice in PromptLoras.Of(prompt, null, []).Notices) Judge.Check(notice);
        var chunks = PromptChunks.Of(text, tokenizer, words);
        BrokenPromiseException.Unless(chunks.All.Count is >= 1 and <= PromptChunks.Most, $"{chunks.All.Count} chunks");
        BrokenPromiseException.Unless(chunks.Cut == 0 || chunks.All.Count == PromptChunks.Most, "words are cut off before the last chunk");
        foreach (var chunk in chunks.All)
        {
            BrokenPromiseException.Unless(chunk.Ids.Length == tokenizer.Length, $"{chunk.Ids.Length} ids");
            BrokenPromiseException.Unless(
                chunk.Ids.All(id => id >= 0 && id < tokenizer.VocabularySize + words.Count), "an id outside of the vocabulary");
            BrokenPromiseException.Unless(chunk.Weights.All(weight => Math.Abs(weight) <= MostWeight), "a weight beyond its limits");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound =>
        [.. TextSeeds.Prompts.Select(prompt => new[] { Of(prompt) }), .. TextSeeds.PromptFiles.Select(file => new[] { OfFile(file) })];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        if (dice.OneIn(4)) return [OfFile(TextMutation.Change(dice, dice.Pick(TextSeeds.PromptFiles)))];
        string prompt = dice.OneIn(4) ? Letters(dice)
            : dice.OneIn(4) ? Signs(dice)
            : TextMutation.Change(dice, dice.Pick(TextSeeds.Prompts));
        if (dice.OneIn(4)) prompt = prompt.Insert(dice.Below(prompt.Length + 1), dice.Pick(Absurd.Halves));
        return [Of(prompt)];
    }

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        string ranges = Path.Combine(folder, Ranges);
        if (System.IO.File.Exists(ranges))
        {
            var prompts = ClipPrompts.Read(ranges);
            int count = prompts.Over(Frames).Sum(run => run.Frames), negatives = prompts.NegativesOver(Frames, "").Sum(run => run.Frames);
            BrokenPromiseException.Unless(
                (count, negatives) == (Frames, Frames), $"prompts for {count} and {negatives} frames of {Frames}");
            foreach (var notice in PromptLoras.Of(prompts, null, []).Notices) Judge.Check(notice);
            return;
        }

        byte[] bytes = System.IO.File.ReadAllBytes(Path.Combine(folder, File));
        Check(Usual.Value, new(MemoryMarshal.Cast<byte, char>(bytes)));
    }

    private static FuzzFile Of(string prompt) => new(File, MemoryMarshal.AsBytes(prompt.AsSpan()).ToArray());

    private static FuzzFile OfFile(string lines) => new(Ranges, Encoding.UTF8.GetBytes(lines));

    /// <summary>Brackets, numbers, tags and words in any order.</summary>
    private static string Signs(Dice dice)
    {
        int count = dice.Pick([1, 10, 100, 1000]);
        return string.Concat(Enumerable.Range(0, count).Select(_ => dice.Pick(TextSeeds.PromptSigns)));
    }

    /// <summary>Characters from anywhere in Unicode.</summary>
    private static string Letters(Dice dice)
    {
        int count = dice.Pick([1, 10, 100, 1000]);
        return string.Concat(Enumerable.Range(0, count).Select(_ => (char)(dice.OneIn(3) ? dice.Below(0x10000) : dice.Below(0x250))));
    }
}
