using System.Text;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// The configuration that other programs want beside a checkpoint of another kind than the usual: a file of the same name that ends with
/// .yaml. It says what a model predicts, which its tensors do not tell.
/// </summary>
internal static class SamplingNotes
{
    private const string Key = "parameterization:";
    private const long MostBytes = 1 << 16;

    /// <summary>The facts with what is said beside the file.</summary>
    public static CheckpointFacts Complete(CheckpointFacts facts, string path)
    {
        string notes = Path.ChangeExtension(path, ".yaml");
        if (facts.Variant != CheckpointVariant.None || !OrdinaryFile.Exists(notes) || SpecialFile.Is(notes)) return facts;
        if (new FileInfo(notes).Length > MostBytes) return facts;
        string text = Encoding.UTF8.GetString(OrdinaryFile.ReadAll(notes, MostBytes, "a configuration"));
        bool isVelocity = text.Split('\n').Select(line => line.Trim())
            .Any(line => line.StartsWith(Key, StringComparison.Ordinal) && line[Key.Length..].Trim().Trim('"', '\'') == "v");
        return isVelocity ? facts with { Variant = CheckpointVariant.VPrediction, Evidence = CheckpointEvidence.Config } : facts;
    }
}
