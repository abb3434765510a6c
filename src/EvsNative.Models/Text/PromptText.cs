namespace EvsNative.Models;

/// <summary>A prompt, understood.</summary>
/// <param name="Pieces">words with their weights, in order; empty for an empty prompt</param>
/// <param name="Tags">files of weights that it names, taken out of the words</param>
/// <param name="Remarks">the first of each kind of what is read as plain words and means something elsewhere, in order</param>
internal sealed record PromptText(
    IReadOnlyList<PromptPiece> Pieces, IReadOnlyList<PromptTag> Tags, IReadOnlyList<PromptRemark> Remarks)
{
    /// <summary>Understands a prompt; every text is one.</summary>
    public static PromptText Parse(string prompt)
    {
        var (rest, tags) = PromptTag.TakeOut(prompt);
        var foreign = PromptSyntax.Read(rest);
        var remarks = new List<PromptRemark>(foreign.Remarks);
        var pieces = PromptGrammar.Parse(rest, foreign.Letters, remarks);
        return new PromptText(pieces, tags, [.. remarks.OrderBy(one => one.At).DistinctBy(one => one.Kind)]);
    }
}
