using System.Diagnostics.CodeAnalysis;
using EvsNative.Kernels;
using EvsNative.Models;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Settings;

/// <summary>The kinds of values that settings have.</summary>
internal static class Wordings
{
    /// <summary>Naming the setting is enough.</summary>
    public static Wording<bool> Flag { get; } = new("", "true or false", bool.TryParse)
    {
        IsPlain = true,
        Print = value => value ? "true" : "false",
    };

    /// <summary>A number without a fraction.</summary>
    public static Wording<int> Whole { get; } = new("N", "a whole number is needed", Numbers.TryWhole)
    {
        IsPlain = true,
        Advice = Numbers.WholeAdvice,
        Number = value => value,
    };

    /// <summary>A number of 64 bits, for seeds.</summary>
    public static Wording<ulong> Seed { get; } =
        new("N", $"a whole number that is not negative is needed, up to {ulong.MaxValue}", Numbers.TryCount)
        {
            IsPlain = true,
            Advice = text => text.StartsWith('-') ? "" : Numbers.WholeAdvice(text),
        };

    /// <summary>A number.</summary>
    public static Wording<double> Number { get; } = new("N", "a number is needed", Numbers.TryNumber)
    {
        IsPlain = true,
        Advice = Numbers.Advice,
        Number = value => value,
    };

    /// <summary>A share of noise that all frames have: a number, or one of two words for its ends.</summary>
    public static Wording<double> Share { get; } = Number with
    {
        Placeholder = "SHARE",
        Wanted = "own, shared or a number from 0 to 1",
        TryRead = TryReadShare,
    };

    /// <summary>Whole numbers with commas between.</summary>
    public static Wording<IReadOnlyList<int>> List { get; } = new("LIST", "numbers with commas between, such as 0,1,2", TryReadList)
    {
        Print = numbers => string.Join(',', numbers),
    };

    /// <summary>Frames a second, exact.</summary>
    public static Wording<Rational> Rate { get; } = new("RATE", "frames a second, 0.1 to 1000, such as 12.5 or 30000/1001", TryReadRate)
    {
        Advice = Numbers.Advice,
        Number = rate => rate.Value,
    };

    /// <summary>An amount of memory.</summary>
    public static Wording<long> Bytes { get; } = new("BYTES", "an amount with its unit, such as 8GB or 800MB", ByteWords.TryRead)
    {
        Print = ByteWords.Print,
        Advice = ByteWords.Advice,
    };

    /// <summary>A device.</summary>
    public static Wording<DeviceWish> Device { get; } = new("DEVICE", DeviceWish.Words, TryReadDevice);

    /// <summary>Several devices, or the word for all GPUs.</summary>
    public static Wording<string> Devices { get; } = new(
        "DEVICES", "all, or devices with commas between, such as cuda:0,cuda:1",
        (string text, [MaybeNullWhen(false)] out string value) =>
        {
            value = text;
            return text == "all" || text.Split(',').All(word => TryReadDevice(word, out var wish) && wish != DeviceWish.Auto);
        });

    /// <summary>Width and height in pixels.</summary>
    public static Wording<FrameSize> Size { get; } = new("SIZE", "width x height in pixels, such as 1024x640", TryReadSize)
    {
        Number = size => size.Shorter < 8 ? size.Shorter : size.Longer,
    };

    /// <summary>A worker's part of a list.</summary>
    public static Wording<Shard> Shard { get; } = new(
        "I/N", "a worker's number from 0 and how many there are, such as 0/4", Settings.Shard.TryRead);

    /// <summary>Any text.</summary>
    /// <param name="placeholder">what stands for it in the help</param>
    public static Wording<string> Text(string placeholder) => new(placeholder, "a text is needed", TryReadText);

    /// <summary>LoRAs, each with its strengths.</summary>
    public static Wording<IReadOnlyList<LoraChoice>> Loras { get; } = Several<LoraChoice>(
        "FILE[:S[:T]]", "a file, perhaps with a strength and another for the text encoder behind it, such as snow.safetensors:0.8",
        AdapterWords.TryReadLora, AdapterWords.Print) with
    {
        Advice = AdapterWords.Advice,
    };

    /// <summary>Textual inversions, each with its word.</summary>
    public static Wording<IReadOnlyList<EmbeddingChoice>> Embeddings { get; } = Several<EmbeddingChoice>(
        "FILE[:WORD]", "a file, perhaps with the word for prompts behind it, such as mood.pt:moody",
        AdapterWords.TryReadEmbedding, AdapterWords.Print);

    /// <summary>What may be given several times, one each time.</summary>
    private static Wording<IReadOnlyList<T>> Several<T>(string placeholder, string wanted, TryRead<T> read, Func<T, string> print) =>
        new(placeholder, wanted, (string text, [MaybeNullWhen(false)] out IReadOnlyList<T> value) =>
        {
            bool isRead = read(text, out var one);
            value = isRead ? [one!] : null;
            return isRead;
        })
        {
            Join = (first, second) => [.. first, .. second],
            Split = list => [.. list.Select(print)],
            Print = list => string.Join(", ", list.Select(print)),
        };

    /// <summary>One of a few words, in capitals or not.</summary>
    /// <param name="words">each word with its value; values differ</param>
    public static Wording<T> OneOf<T>(params (string Word, T Value)[] words) where T : notnull
    {
        string list = words.Length == 1 ? words[0].Word : $"{string.Join(", ", words[..^1].Select(word => word.Word))} or {words[^1].Word}";
        return new Wording<T>("WORD", list, TryReadWord)
        {
            IsList = true,
            Print = value => words.First(word => word.Value.Equals(value)).Word,
        };

        bool TryReadWord(string text, [MaybeNullWhen(false)] out T value)
        {
            (string? word, value) = words.FirstOrDefault(word => word.Word.Equals(text, StringComparison.OrdinalIgnoreCase));
            return word is not null;
        }
    }

    private static bool TryReadText(string text, out string value)
    {
        value = text;
        return true;
    }

    private static bool TryReadShare(string text, out double value)
    {
        bool isShared = text.Equals("shared", StringComparison.OrdinalIgnoreCase);
        value = isShared ? 1 : 0;
        return isShared || text.Equals("own", StringComparison.OrdinalIgnoreCase) || Numbers.TryNumber(text, out value);
    }

    private static bool TryReadDevice(string text, [MaybeNullWhen(false)] out DeviceWish value)
    {
        value = text.Split(':') is [_, var index] && !Numbers.IsWhole(index) ? null : DeviceWish.Parse(text);
        return value is not null;
    }

    /// <summary>An empty list is one too: nothing is meant.</summary>
    private static bool TryReadList(string text, out IReadOnlyList<int> numbers)
    {
        var read = new List<int>();
        numbers = read;
        if (text.Length == 0) return true;
        foreach (string word in text.Split(','))
        {
            if (!Numbers.TryWhole(word.Trim(' '), out int number)) return false;
            read.Add(number);
        }

        return true;
    }

    /// <summary>A number of at most three places, or a ratio of whole numbers.</summary>
    private static bool TryReadRate(string text, out Rational rate)
    {
        const int Parts = 1000, Most = 1_000_000;
        string[] parts = text.Split('/');
        var read = parts.All(Numbers.IsWhole) ? Rational.Parse(text) : null;
        if (read is null && Numbers.TryNumber(text, out double number) && number is > 0 and < Most)
            read = new Rational(Math.Max(1, (int)Math.Round(number * Parts)), Parts);
        rate = read ?? Rational.One;
        return read is not null;
    }

    private static bool TryReadSize(string text, out FrameSize size)
    {
        size = default;
        if (text.ToLowerInvariant().Split('x') is not [var across, var down]) return false;
        if (!Numbers.TryCount(across, out ulong width) || !Numbers.TryCount(down, out ulong height)) return false;
        size = new FrameSize((int)Math.Min(width, int.MaxValue), (int)Math.Min(height, int.MaxValue));
        return true;
    }
}
