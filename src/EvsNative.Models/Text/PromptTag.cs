using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.Models;

/// <summary>A tag that names a file of weights in a prompt, such as <c>&lt;lora:snow:0.8&gt;</c>.</summary>
/// <param name="Kind">the word before the first colon, in small letters: "lora"</param>
/// <param name="Name">the file's name, without its ending</param>
/// <param name="Written">the whole tag</param>
internal sealed partial record PromptTag(string Kind, string Name, string Written)
{
    private static readonly string[] LoraKinds = ["lora", "lyco", "locon", "loha", "lokr"];

    /// <summary>Factor for U-Net and motion modules.</summary>
    public double Strength { get; private init; } = 1;

    /// <summary>Factor for the text encoder, where it is said and another one.</summary>
    public double? TextStrength { get; private init; }

    /// <summary>True if both strengths stand without their names, so that their order decides: the text encoder's first.</summary>
    public bool IsOrdered { get; private init; }

    /// <summary>What is said in it and means nothing here: "lbw=MIDD"; null if there is nothing of that kind.</summary>
    public string? Unread { get; private init; }

    /// <summary>A strength that is no number; null if all are.</summary>
    public string? NoNumber { get; private init; }

    /// <summary>True if the file is a LoRA or one of its relatives.</summary>
    public bool IsLora => LoraKinds.Contains(Kind);

    /// <summary>True if it names a textual inversion, as <c>embedding:name</c> does.</summary>
    public bool IsEmbedding => Kind is "ti" or "embed" or "embedding";

    /// <summary>Takes the tags out of a prompt; those of embeddings become <c>embedding:name</c>.</summary>
    /// <param name="prompt">as it was written</param>
    /// <returns>the rest, in which nothing else is changed, and the tags in their order</returns>
    public static (string Words, IReadOnlyList<PromptTag> Tags) TakeOut(string prompt)
    {
        var tags = new List<PromptTag>();
        string rest = Tags().Replace(prompt, match =>
        {
            var tag = Parse(match);
            if (tag.IsEmbedding) return $"embedding:{tag.Name}";
            tags.Add(tag);
            return "";
        });
        return (rest, tags);
    }

    /// <summary>
    /// Numbers in the order of A1111's web UI: text encoder, U-Net, where one number is both's. They may be named instead (te, unet).
    /// </summary>
    private static PromptTag Parse(Match match)
    {
        string[] words = [.. match.Groups["rest"].Value.Split(':').Select(word => word.Trim())];
        double? text = null, unet = null;
        int ordered = 0;
        string? unread = null, noNumber = null;
        foreach (string word in words.Skip(1).Where(word => word.Length > 0))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string key = equals >= 0 ? word[..equals].Trim().ToLowerInvariant()
                : ordered++ switch { 0 => "te", 1 => "unet", _ => "dyn" };
            if (key is not ("te" or "unet"))
            {
                unread ??= word;
                continue;
            }

            if (!TryStrength(word[(equals + 1)..], out double number)) noNumber ??= word;
            else if (key == "te") text = number;
            else unet = number;
        }

        double own = text ?? 1, strength = unet ?? own;
        return new PromptTag(match.Groups["kind"].Value.ToLowerInvariant(), words[0], match.Value)
        {
            Strength = strength,
            TextStrength = own == strength ? null : own,
            IsOrdered = ordered > 1 && own != strength,
            Unread = unread,
            NoNumber = noNumber,
        };
    }

    private static bool TryStrength(string word, out double number) =>
        double.TryParse(
            word.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number);

    [GeneratedRegex(
        @"<\s*(?<kind>lora|lyco|locon|loha|lokr|hypernet|ti|embed|embedding)\s*:(?<rest>[^<>]{1,300})>",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tags();
}
