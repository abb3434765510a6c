using EvsNative.Kernels;

namespace EvsNative.Models.Adapters;

/// <summary>A matrix that a file holds as it is, or as factors.</summary>
internal sealed class FileMatrix
{
    private readonly Func<RankUpdate, float[]> _values;

    /// <summary>A matrix that is stored as it is.</summary>
    public FileMatrix(LoraFile file, string name)
    {
        (Rows, Columns) = Factors.Sides(file, name);
        _values = _ =>
        {
            float[] values = new float[Rows * Columns];
            file.Read(name, values);
            return values;
        };
    }

    /// <summary>A product.</summary>
    public FileMatrix(Factors factors)
    {
        (Rows, Columns, Rank) = (factors.Rows, factors.Columns, factors.AlphaRank);
        _values = update =>
        {
            float[] values = new float[Rows * Columns];
            factors.Multiply(values, update);
            return values;
        };
    }

    /// <summary>First axis.</summary>
    public int Rows { get; }

    /// <summary>All other axes.</summary>
    public int Columns { get; }

    /// <summary>The rank of the factors, if it is stored as such.</summary>
    public int? Rank { get; }

    /// <summary>The numbers, row by row.</summary>
    public float[] Values(RankUpdate update) => _values(update);
}
