using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EvsNative.Models;

/// <summary>
/// Weights in prompts, as A1111's web UI reads them: (words) 1.1, [words] 1/1.1, (words:1.3) 1.3, all multiplied where they are nested; a
/// backslash before a bracket or a backslash makes it a letter; BREAK ends a chunk. Round brackets pair with round ones and square ones
/// with square ones, whatever lies between; one that is never closed reaches to the end, one that was never opened is a letter.
/// </summary>
/// <remarks>
/// It differs where people mean something else than they would get: faces are letters (PromptSyntax), a whole number right behind a
/// digit, as in (at 10:30), is a time or a ratio, and BREAK is a word where the whole prompt is in capitals.
/// </remarks>
internal static partial class PromptGrammar
{
    private const double Step = 1.1, MostWeight = 100;

    private enum Sign
    {
        Letters,
        OpenRound,
        CloseRound,
        OpenSquare,
        CloseSquare,
        Break,
    }

    /// <summary>The pieces of a prompt without tags.</summary>
    /// <param name="prompt">the prompt</param>
    /// <param name="letters">places of brackets that are letters: those of faces and of what is not understood</param>
    /// <param name="remarks">told of what looks like a weight and is none</param>
    public static IReadOnlyList<PromptPiece> Parse(string prompt, IReadOnlySet<int> letters, ICollection<PromptRemark> remarks)
    {
        var marks = Pair(Split(prompt, letters, remarks));
        var pieces = new List<PromptPiece>();
        var text = new StringBuilder();
        var rounds = new Stack<double>([1]);
        int squares = 0;
        double weight = 1;
        foreach (var mark in marks)
        {
            switch (mark.Sign)
            {
                case Sign.OpenRound: rounds.Push(rounds.Peek() * mark.Weight); break;
                case Sign.CloseRound: rounds.Pop(); break;
                case Sign.OpenSquare: squares++; break;
                case Sign.CloseSquare: squares--; break;
                case Sign.Break:
                    Flush();
                    pieces.Add(PromptPiece.Break);
                    break;
                default:
                    double now = Math.Clamp(rounds.Peek() * Math.Pow(Step, -squares), -MostWeight, MostWeight);
                    if (now != weight) Flush();
                    weight = now;
                    text.Append(prompt, mark.At, mark.Length);
                    break;
            }
        }

        Flush();
        return pieces;

        void Flush()
        {
            if (text.Length > 0) pieces.Add(new PromptPiece(text.ToString(), weight));
            text.Clear();
        }
    }

    private static List<Mark> Split(string prompt, IReadOnlySet<int> letters, ICollection<PromptRemark> remarks)
    {
        var marks = new List<Mark>();
        var opened = new Stack<int>();
        var breaks = prompt.Any(char.IsLower) ? Breaks().Matches(prompt) : null;
        int nextBreak = 0;
        for (int at = 0, length; at < prompt.Length; at += length)
        {
            length = 1;
            while (breaks is not null && nextBreak < breaks.Count && breaks[nextBreak].Index < at) nextBreak++;
            if (breaks is not null && nextBreak < breaks.Count && breaks[nextBreak].Index == at)
            {
                length = breaks[nextBreak].Length;
                marks.Add(new Mark(Sign.Break, at, length));
                continue;
            }

            char c = prompt[at];
            if (c == '\\' && at + 1 < prompt.Length && prompt[at + 1] is '(' or ')' or '[' or ']' or '\\')
            {
                Letter(at + 1);
                length = 2;
            }
            else if (c is '(' or ')' or '[' or ']' && !letters.Contains(at))
            {
                if (c == '(') opened.Push(at);
                else if (c == ')') opened.TryPop(out _);
                marks.Add(new Mark(SignOf(c), at, 1));
            }
            else if (c == ':' && opened.TryPeek(out int open) && Weights().Match(prompt, at) is { Success: true } match
                && !letters.Contains(at + match.Length - 1) && Weight(prompt, open, match, remarks) is { } weight)
            {
                opened.Pop();
                length = match.Length;
                marks.Add(new Mark(Sign.CloseRound, at, length, weight));
            }
            else Letter(at);
        }

        return marks;

        void Letter(int at)
        {
            bool isNext = marks is [.., { Sign: Sign.Letters } last] && last.At + last.Length == at;
            if (isNext) marks[^1] = marks[^1] with { Length = marks[^1].Length + 1 };
            else marks.Add(new Mark(Sign.Letters, at, 1));
        }
    }

    private static Sign SignOf(char bracket) => bracket switch
    {
        '(' => Sign.OpenRound,
        ')' => Sign.CloseRound,
        '[' => Sign.OpenSquare,
        _ => Sign.CloseSquare,
    };

    /// <summary>The number behind a colon at the end of brackets, if it is meant as a weight.</summary>
    private static double? Weight(string prompt, int open, Match match, ICollection<PromptRemark> remarks)
    {
        string number = match.Groups["number"].Value;
        string? kind = null;
        if (match.Groups["comma"].Success) kind = "decimal comma";
        else if (number.All(char.IsAsciiDigit) && char.IsAsciiDigit(prompt[match.Index - 1])) kind = "time or ratio";
        double weight = kind is null ? double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture) : 1;
        if (Math.Abs(weight) > MostWeight) kind = "weight beyond 100";
        if (kind is null) return weight;
        remarks.Add(new PromptRemark(open, kind, prompt[open..(match.Index + match.Length)]));
        return null;
    }

    /// <summary>Gives each opening bracket its weight, and makes closing ones without a partner letters.</summary>
    private static List<Mark> Pair(List<Mark> marks)
    {
        Stack<int> rounds = [], squares = [];
        for (int i = 0; i < marks.Count; i++)
        {
            var mark = marks[i];
            if (mark.Sign == Sign.OpenRound) rounds.Push(i);
            else if (mark.Sign == Sign.OpenSquare) squares.Push(i);
            else if (mark.Sign == Sign.CloseRound && rounds.TryPop(out int round))
                marks[round] = marks[round] with { Weight = mark.Weight };
            else if (mark.Sign == Sign.CloseRound || (mark.Sign == Sign.CloseSquare && !squares.TryPop(out _)))
                marks[i] = mark with { Sign = Sign.Letters };
        }

        return marks;
    }

    [GeneratedRegex(
        @"\G:\s*((?<number>[+-]?([0-9]+\.?[0-9]*|\.[0-9]+))|(?<comma>[+-]?[0-9]+,[0-9]+))\s*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Weights();

    [GeneratedRegex(@"\bBREAK\b", RegexOptions.CultureInvariant)]
    private static partial Regex Breaks();

    private readonly record struct Mark(Sign Sign, int At, int Length, double Weight = Step);
}
