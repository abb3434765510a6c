using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The prompts of a run, and the LoRAs that stand in them.</summary>
/// <param name="Given">as they were written</param>
/// <param name="Words">without tags of LoRAs</param>
/// <param name="Loras">what the tags load, in their order</param>
/// <param name="Notices">what was assumed, and which tags load nothing</param>
public sealed record PromptLoras(
    ClipPrompts Given, ClipPrompts Words, IReadOnlyList<LoraChoice> Loras, IReadOnlyList<Notice> Notices)
{
    /// <summary>
    /// Takes the tags out of prompts, and finds their files. Tags of negative prompts load nothing, as in A1111's web UI.
    /// </summary>
    /// <param name="given">the prompts</param>
    /// <param name="folder">where the files lie; null if nobody said</param>
    /// <param name="loaded">what is merged anyway: a tag that names one of these is not merged again</param>
    /// <exception cref="InputException">the folder is not there, or cannot be read</exception>
    public static PromptLoras Of(ClipPrompts given, string? folder, IReadOnlyList<LoraChoice> loaded)
    {
        var found = new Search(folder is null ? null : new LoraFolder(folder), loaded);
        var words = given.With(found.TakeOut);
        if (found.Ranges > 1 && found.Loras.Count > 0)
        {
            found.Notices.Add(new Notice(
                NoticeCode.Assumed, $"the LoRAs of the prompts ({string.Join(", ", found.Names)}) are merged for all frames: they cannot "
                + "change within a clip"));
        }

        return new PromptLoras(given, words, found.Loras, found.Notices);
    }

    private sealed class Search(LoraFolder? folder, IReadOnlyList<LoraChoice> loaded)
    {
        private readonly Dictionary<string, LoraChoice> _ofEarlierRanges = new(StringComparer.OrdinalIgnoreCase);

        public List<LoraChoice> Loras { get; } = [];

        public List<Notice> Notices { get; } = [];

        public IEnumerable<string> Names => Loras.Select(lora => InputText.Name(Path.GetFileName(lora.Path), 40)).Distinct();

        public int Ranges { get; private set; }

        /// <summary>The text of a range without its tags. A LoRA of an earlier range is not merged once more.</summary>
        public string TakeOut(FramePrompt range)
        {
            Ranges++;
            var (text, tags) = PromptTag.TakeOut(range.Text);
            string which = range.Origin is null ? "the prompt" : $"the prompt of frames {range.Range}";
            var own = new Dictionary<string, LoraChoice>(StringComparer.OrdinalIgnoreCase);
            var lost = new List<PromptTag>();
            foreach (var tag in tags)
            {
                string start = $"{which} has {Shown(tag)}";
                if (!tag.IsLora) lost.Add(tag);
                else if (loaded.FirstOrDefault(lora => Stem(lora.Path).Equals(tag.Name, StringComparison.OrdinalIgnoreCase)) is { } given)
                    Say(NoticeCode.PromptSyntax, $"{start}, which --lora has already, with strength {Text(given.Strength)}: that holds");
                else if (tag.NoNumber is { } word)
                    Say(NoticeCode.PromptSyntax, $"{start}, which loads nothing: {InputText.Quote(word)} is no number; write it as 0.8");
                else if (folder is null || folder.Find(tag.Name) is not [var file, .. var others]) lost.Add(tag);
                else Take(tag, start, new LoraChoice(file, tag.Strength, tag.TextStrength), others, own);
            }

            foreach (var (name, lora) in own) _ofEarlierRanges.TryAdd(name, lora);
            foreach (var group in lost.GroupBy(tag => tag.IsLora))
                Say(NoticeCode.PromptSyntax, PromptNotices.Unloaded(which, [.. group], Remedy(group.First())));
            return text;
        }

        private void Take(
            PromptTag tag, string start, LoraChoice lora, string[] others, Dictionary<string, LoraChoice> own)
        {
            if (others.Length > 0)
            {
                Say(
                    NoticeCode.Assumed,
                    $"{start}, a name of {others.Length + 1} files: {lora.Path} is taken, {others[0]} is not; "
                    + "write the name with its folder or its ending");
            }

            if (tag.IsOrdered)
            {
                Say(
                    NoticeCode.Assumed,
                    $"{start}: the first number is taken for the text encoder, the second for the U-Net, as A1111's web UI does; "
                    + "te= and unet= before them make it plain");
            }

            if (tag.Unread is { } unread)
                Say(NoticeCode.PromptSyntax, $"{start}: {InputText.Quote(unread)} is not computed, the LoRA is merged without it");
            if (_ofEarlierRanges.TryGetValue(lora.Path, out var before))
            {
                if (before != lora)
                    Say(NoticeCode.Assumed, $"{start}: an earlier range has it with strength {Text(before.Strength)}, which holds");
                return;
            }

            own.TryAdd(lora.Path, lora);
            Loras.Add(lora);
        }

        private string Remedy(PromptTag tag) => folder is null
            ? "name the folder of LoRAs with --lora-folder, or the file with --lora"
            : $"{InputText.Name(folder.Path)} has no {InputText.Name(tag.Name, 60)}.safetensors";

        private void Say(NoticeCode code, string line) => Notices.Add(new Notice(code, line));

        private static string Shown(PromptTag tag) => InputText.Name(InputText.OneLine(tag.Written), 60);

        private static string Stem(string path) => Path.GetFileNameWithoutExtension(path);

        private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
