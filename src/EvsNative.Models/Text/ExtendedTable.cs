using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>A view of a file in which one table, [V,D], has more rows behind its own.</summary>
/// <param name="file">what is read; it stays its owner's</param>
/// <param name="table">the table's name</param>
/// <param name="rows">[k,D], the further rows</param>
internal sealed class ExtendedTable(IWeightFile file, string table, float[] rows) : IWeightFile
{
    /// <inheritdoc/>
    public string Origin => file.Origin;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => file.Names;

    /// <inheritdoc/>
    public long Count => file.Count == 0 ? 0 : file.Count + rows.Length;

    /// <inheritdoc/>
    public string OriginOf(string name) => file.OriginOf(name);

    /// <inheritdoc/>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted)
    {
        if (name != table || wanted is not [var all, var width]) return file.FindShape(name, wanted);
        long added = rows.Length / width;
        return file.FindShape(name, [all - added, width]) is [var own, var found] ? [own + added, found] : file.FindShape(name, wanted);
    }

    /// <inheritdoc/>
    public WeightStorage StorageOf(string name) => file.StorageOf(name);

    /// <inheritdoc/>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        if (name != table || shape is not [var all, var width])
        {
            file.Read(name, shape, values);
            return;
        }

        file.Read(name, [all - (rows.Length / width), width], values[..^rows.Length]);
        rows.CopyTo(values[^rows.Length..]);
    }
}
