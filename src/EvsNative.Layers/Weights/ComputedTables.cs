namespace EvsNative.Layers;

/// <summary>
/// Tables that checkpoints store and our networks compute: positions of words and of frames. They are never left over, and not read;
/// only the positions of motion modules that were trained with others are. Some files have damaged ones.
/// </summary>
public static class ComputedTables
{
    /// <summary>
    /// The positions of a motion module's frames, in diffusers' words; the original says pos_encoder.pe, once for each attention.
    /// </summary>
    public const string FramePositions = "pos_embed.pe";

    private static readonly string[] OfFrames = [FramePositions, "pos_encoder.pe"];

    /// <summary>True for the names of such tables.</summary>
    public static bool Contains(string name) => Ends(name, "position_ids") || IsOfFrames(name);

    /// <summary>True for the positions of frames, [1, frames, channels].</summary>
    public static bool IsOfFrames(string name) => OfFrames.Any(table => Ends(name, table));

    private static bool Ends(string name, string table) =>
        name.EndsWith(table, StringComparison.Ordinal) && (name.Length == table.Length || name[^(table.Length + 1)] == '.');
}
