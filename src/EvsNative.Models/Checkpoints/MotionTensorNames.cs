using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// What the tensors of motion modules are called in files: whatever a program put before the blocks, then the words of diffusers or of the
/// original AnimateDiff. Source: models.md 5.3.
/// </summary>
internal static class MotionTensorNames
{
    private const string Modules = ".motion_modules.", Middle = "mid_block";

    private static readonly string[] NumberedBlocks = ["down_blocks", "up_blocks"];

    private static readonly (string Old, string New)[] Spellings =
    [
        (".temporal_transformer.", "."), (".attention_blocks.0.", ".attn1."), (".attention_blocks.1.", ".attn2."),
        (".norms.0.", ".norm1."), (".norms.1.", ".norm2."), (".ff_norm.", ".norm3."),
    ];

    /// <summary>
    /// The name in today's diffusers' words and without what stands before its block; null for a tensor of no motion module. The tables of
    /// positions of a module's attentions all have one name, that of the module's only table.
    /// </summary>
    public static string? Of(string stored)
    {
        if (BlockOf(stored) is not { } block) return null;
        string name = Spellings.Aggregate(stored[block..], (name, word) => name.Replace(word.Old, word.New, StringComparison.Ordinal));
        if (!ComputedTables.IsOfFrames(name)) return name;
        int attention = name.IndexOf(".attn", StringComparison.Ordinal);
        return attention < 0 ? name : $"{name[..attention]}.{ComputedTables.FramePositions}";
    }

    /// <summary>Where the words of a motion module's block begin in a stored name; null for a tensor of none.</summary>
    public static int? BlockOf(string stored)
    {
        int modules = stored.LastIndexOf(Modules, StringComparison.Ordinal);
        if (modules < 0) return null;
        var before = stored.AsSpan(0, modules);
        int last = before.LastIndexOf('.') + 1;
        if (before[last..].SequenceEqual(Middle)) return last;
        if (last < 2 || before.Length == last || before[last..].ContainsAnyExceptInRange('0', '9')) return null;
        var blocks = before[..(last - 1)];
        int first = blocks.LastIndexOf('.') + 1;
        foreach (string word in NumberedBlocks)
            if (blocks[first..].SequenceEqual(word)) return first;
        return null;
    }

    /// <summary>True for the words of the original AnimateDiff.</summary>
    public static bool IsOriginal(string stored) => Spellings.Any(word => stored.Contains(word.Old, StringComparison.Ordinal));
}
