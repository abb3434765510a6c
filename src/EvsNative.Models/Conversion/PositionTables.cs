using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// The tables of positions that diffusers reads from a file of motion modules and our networks compute: one beside the first norm of every
/// module's block, [1, frames, channels].
/// </summary>
internal sealed class PositionTables : IWeightFile
{
    private const string Norm = ".norm1.weight";

    private readonly Dictionary<string, (long[] Shape, WeightStorage Storage)> _tables = [];

    /// <summary>Those of motion modules that have these tensors, but for modules with tables of their own among them.</summary>
    public PositionTables(ModelPart<MotionConfig> motion, IEnumerable<NetworkTensor> tensors)
    {
        Origin = motion.Weights.Origin;
        var all = tensors.ToDictionary(tensor => tensor.Name);
        foreach (var norm in all.Values.Where(tensor => tensor.Name.EndsWith(Norm, StringComparison.Ordinal)))
        {
            string table = $"{norm.Name[..^Norm.Length]}.{ComputedTables.FramePositions}";
            if (all.ContainsKey(table)) continue;
            _tables.Add(table, ([1, motion.Config.MaxFrames, norm.Shape[0]], motion.Weights.StorageOf(norm.Name)));
        }
    }

    /// <inheritdoc/>
    public string Origin { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _tables.Keys;

    /// <inheritdoc/>
    public long Count => _tables.Values.Sum(table => table.Shape[1] * table.Shape[2]);

    /// <inheritdoc/>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) =>
        _tables.TryGetValue(name, out var table) ? table.Shape : null;

    /// <inheritdoc/>
    public WeightStorage StorageOf(string name) =>
        _tables.TryGetValue(name, out var table) ? table.Storage : WeightStorage.Float32;

    /// <inheritdoc/>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values) =>
        Sinusoids.Positions((int)shape[1], (int)shape[2]).CopyTo(values);
}
