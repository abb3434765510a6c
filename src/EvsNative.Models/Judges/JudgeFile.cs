using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// A judge's file, open: it is the right one by its names and shapes. That nothing is missing or left over is said by
/// <see cref="WeightStore.Verify"/>, when the network is built on it.
/// </summary>
public sealed class JudgeFile : IDisposable
{
    private readonly TensorFile _file;

    private JudgeFile(JudgeKind kind, TensorFile file)
    {
        (_file, Facts) = (file, JudgeFiles.Of(kind));
        Weights = kind switch
        {
            JudgeKind.Dino when DinoNames.AreOfTransformers(file) => DinoNames.View(file),
            JudgeKind.Siglip => new RenamedWeights(file, SiglipName),
            _ => file,
        };
    }

    /// <summary>What is known of it.</summary>
    public JudgeFacts Facts { get; }

    /// <summary>The network's tensors, in the names that it asks for. Of SigLIP the text half is not read.</summary>
    public IWeightFile Weights { get; }

    /// <summary>Opens a judge's file; its numbers are read when they are asked for.</summary>
    /// <param name="kind">which judge is needed</param>
    /// <param name="path">a file, a folder with it, or the name of a repository in the hub's cache</param>
    /// <exception cref="InputException">it is not there, damaged, or something else, which is named in one line</exception>
    public static JudgeFile Open(JudgeKind kind, string path)
    {
        var file = TensorFile.Open(Find(kind, path));
        try
        {
            JudgeSigns.Require(kind, file);
            return new JudgeFile(kind, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The file that <see cref="Open"/> reads.</summary>
    /// <param name="kind">which judge is needed</param>
    /// <param name="path">a file, a folder with it, or the name of a repository in the hub's cache</param>
    /// <exception cref="InputException">it is not there</exception>
    public static string Find(JudgeKind kind, string path) => InFolder(kind, ModelPath.Resolve(path));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The file of a folder: by its name, or the only one.</summary>
    private static string InFolder(JudgeKind kind, string path)
    {
        if (!Directory.Exists(path)) return path;
        if (JudgeFiles.Find(path, kind) is { } named) return named;
        var facts = JudgeFiles.Of(kind);
        return ModelSource.WeightsIn(path) is { Length: > 0 } found
            ? ModelSource.TheOnly(path, found)
            : throw new InputException(InputCode.NotFound, $"{path}: the weights of {facts.Title} are not in this folder: {facts.Advice}");
    }

    private static string? SiglipName(string stored) =>
        stored.StartsWith("vision_model.", StringComparison.Ordinal) && !ComputedTables.Contains(stored) ? stored : null;
}
