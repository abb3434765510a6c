namespace EvsNative.Pipelines.Compare;

/// <summary>What has to be said beside the numbers, a line each: over which clips, by which definitions, what is missing and why.</summary>
public static class CompareNotes
{
    /// <summary>Of a comparison.</summary>
    public static IReadOnlyList<string> Of(CompareResult result)
    {
        var (clips, whole) = (result.Request.Clips.Count, result.WholeClips.Count);
        string part = whole < clips ? $" of {clips}: the others are not there under every setting" : "";
        List<string> notes = [$"Means over {whole} clip{(whole == 1 ? "" : "s")}{part}."];
        if (result.Elsewhere > 0)
            notes.Add($"{result.Elsewhere} cells are with other processes: the same command shows them when they are done.");
        notes.AddRange(result.Failed.Select(cell => $"Failed: {cell.Clip}, {cell.Variant?.Name ?? "as it was given"}: {cell.Fault}"));
        if (result.Input is not { } input) return notes;
        notes.Add(
            "PSNR (all frames and channels) and SSIM (luma, 11x11 Gaussian) are to the input, enlarged to the result's size: how much of "
            + "it is kept. Flicker is the mean change of luma from frame to frame, residual what is left of it when motion is followed: "
            + "less is steadier. Sharpness is the mean gradient of luma: more is sharper, but noise counts too.");
        notes.AddRange(result.Request.Definitions);
        if (CompareColumn.In([input]).All(column => column.Key is not ("ms" or "sc" or "dover" or "ap")))
        {
            notes.Add(
                "MS, SC, DOVER, AP and Overall need the weights of the paper's judges, which are not part of the program: docs/scores.md "
                + "says where they are. Residual stands for smoothness in the plots.");
        }

        string[] devices = [.. result.Cells.Select(cell => cell.Numbers?.Device).OfType<string>().Distinct()];
        if (devices.Length > 0)
            notes.Add($"Seconds are those of refining a clip, without the loading of the model, on {string.Join(" and ", devices)}.");
        notes.Add(OfPaper(result.Request.Set, whole));
        return notes;
    }

    /// <summary>What is odd about published rows.</summary>
    public static IReadOnlyList<string> Remarks { get; } =
        [.. PaperTable.Compositions.Where(row => row.Remark is not null).Select(row => $"{row.Name}: {row.Remark}.")];

    private static string OfPaper(PaperSet? set, int clips)
    {
        const string Figures = "The curves of the paper's Figures 7 and 8 are printed without numbers, so none of them are here.";
        if (set is null) return $"The paper's numbers are of other clips and cannot be compared with these. {Figures}";
        string count = clips == PaperTable.Clips ? "" : $" It has {PaperTable.Clips} clips, these are {clips}.";
        return $"The clips are said to be the paper's {PaperTable.Name(set.Value)}.{count} {Figures}";
    }
}
