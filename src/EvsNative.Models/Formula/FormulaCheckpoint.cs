using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Writes a model by formula to files that other programs read, so that all can be timed on the same numbers: those of
/// <see cref="FormulaWeights"/> for diffusers' name, in either layout. One tensor is in memory at a time.
/// </summary>
public static class FormulaCheckpoint
{
    /// <summary>A key of model_index.json by which such a model is known.</summary>
    public const string Mark = "_weights_by_formula";

    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt", [Mark] = "true" };

    /// <summary>Writes a model folder in the diffusers layout, with motion adapter, vocabulary and schedule.</summary>
    /// <param name="folder">an empty folder</param>
    /// <param name="size">sd15 or tiny</param>
    /// <param name="type">F32, F16 or BF16</param>
    /// <param name="stop">asked between tensors</param>
    /// <exception cref="InputException">another size, or the disk is full</exception>
    public static void WriteFolder(string folder, string size, StoredType type, CancellationToken stop = default)
    {
        using var parts = FormulaModels.Open(size);
        new ModelWriter(parts, type, Metadata).WriteFolder(folder, FormulaModels.Vocabulary(size), mark: Mark, stop: stop);
    }

    /// <summary>
    /// Writes U-Net, autoencoder and text encoder to one file, in the names of the original Stable Diffusion. Motion modules have no place
    /// in it.
    /// </summary>
    /// <param name="path">the file</param>
    /// <param name="size">sd15 or tiny</param>
    /// <param name="type">F32, F16 or BF16</param>
    /// <param name="force">replace a file that is there</param>
    /// <param name="notice">told of what a killed run had left there, and of another name for the file</param>
    /// <param name="stop">asked between tensors</param>
    /// <returns>where it is: the place, or a free name beside it if that was taken meanwhile</returns>
    /// <exception cref="InputException">another size, or the disk is full</exception>
    public static string WriteSingleFile(
        string path, string size, StoredType type, bool force = false, Action<Notice>? notice = null, CancellationToken stop = default)
    {
        using var parts = FormulaModels.Open(size, needsMotion: false);
        return new ModelWriter(parts, type, Metadata).WriteFile(path, force, notice: notice, stop: stop);
    }
}
