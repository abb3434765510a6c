using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Models;

namespace EvsNative.Fuzz.Targets;

/// <summary>vocab.json with merges.txt, or tokenizer.json, and prompts through what they make.</summary>
internal sealed class VocabularyTarget()
    : FuzzTarget("vocabulary", "vocab.json, merges.txt, tokenizer.json, and prompts through them", 2500)
{
    private const string Vocabulary = "vocab.json", Merges = "merges.txt", Joined = "tokenizer.json";
    private static readonly int[] Ids = [0, -1, 1, 511, 512, 525, 526, 1000, 65536, int.MaxValue, int.MaxValue - 1, int.MinValue];
    private static readonly byte[] Words = SmallModel.Of($"tokenizer/{Vocabulary}"), Pairs = SmallModel.Of($"tokenizer/{Merges}");

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound =>
        [[new(Vocabulary, Words), new(Merges, Pairs)], [new(Joined, InOne(Words))]];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) => dice.Below(6) switch
    {
        0 => [new(Vocabulary, JsonMutation.Change(dice, Words)), new(Merges, Pairs)],
        1 => [new(Vocabulary, Words), new(Merges, TextMutation.Change(dice, Pairs))],
        2 or 3 => [new(Vocabulary, OtherIds(dice)), new(Merges, dice.OneIn(2) ? Pairs : OtherOrder(dice))],
        4 => [new(Joined, JsonMutation.Change(dice, InOne(Words)))],
        _ => [new(Joined, InOne(OtherIds(dice)))],
    };

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        var tokenizer = ClipTokenizer.FromFolder(folder);
        foreach (string prompt in TextSeeds.Prompts.Concat(Absurd.Halves)) PromptTarget.Check(tokenizer, prompt);
    }

    /// <summary>Whole files that contradict themselves: ids twice, outside, missing, and tokens that are none.</summary>
    private static byte[] OtherIds(Dice dice)
    {
        var vocabulary = JsonNode.Parse(Words)!.AsObject();
        string[] tokens = [.. vocabulary.Select(entry => entry.Key)];
        for (int left = dice.Few(); left > 0; left--)
        {
            string token = dice.OneIn(3) ? tokens[^(1 + dice.Below(2))] : dice.Pick(tokens);
            if (dice.OneIn(5)) vocabulary.Remove(token);
            else if (dice.OneIn(3)) vocabulary[Absurd.Word(dice)] = dice.Below(600);
            else vocabulary[token] = dice.OneIn(2) ? dice.Pick(Ids) : dice.Below(tokens.Length);
        }

        return Encoding.UTF8.GetBytes(vocabulary.ToJsonString());
    }

    private static byte[] OtherOrder(Dice dice)
    {
        var lines = dice.Shuffle(Encoding.UTF8.GetString(Pairs).Split('\n')).ToList();
        lines.Insert(dice.Below(lines.Count), dice.Pick(lines));
        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }

    private static byte[] InOne(byte[] vocabulary)
    {
        var merges = Encoding.UTF8.GetString(Pairs).Split('\n').Skip(1).Where(line => line.Length > 0);
        string words = Encoding.UTF8.GetString(vocabulary), pairs = JsonSerializer.Serialize(merges);
        return Encoding.UTF8.GetBytes("{\"model\":{\"type\":\"BPE\",\"vocab\":" + words + ",\"merges\":" + pairs + "}}");
    }
}
