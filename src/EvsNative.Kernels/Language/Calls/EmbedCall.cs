namespace EvsNative.Kernels;

/// <summary>y[n,0,j,:] = table[ids[n J + j]] + positions[j].</summary>
/// <param name="y">[N,1,J,C]</param>
/// <param name="table">[1,1,vocabulary,C]</param>
/// <param name="positions">[1,1,at least J,C]</param>
/// <param name="ids">N J rows of the table</param>
public readonly ref struct EmbedCall(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Embed";

    /// <summary>The destination.</summary>
    public Tensor Y { get; } = y;

    /// <summary>A row for each word.</summary>
    public Tensor Table { get; } = table;

    /// <summary>A row for each place.</summary>
    public Tensor Positions { get; } = positions;

    /// <summary>The words.</summary>
    public ReadOnlySpan<int> Ids { get; } = ids;

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    /// <remarks>The rows of the table that the ids name, and the positions in use.</remarks>
    public long Bytes => Y.Bytes + (Y.Shape.Count * Table.Type.Bytes()) + ((long)Y.Shape.W * Y.Shape.C * Positions.Type.Bytes());

    /// <inheritdoc/>
    public CallWork Work => default;

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        var (s, t, p) = (Y.Shape, Table.Shape, Positions.Shape);
        if (s.H != 1) throw rules.Broken($"y {Y} is not [N,1,J,C]");
        if (Ids.Length != s.Rows) throw rules.Broken($"{Ids.Length} ids for y {Y}, {s.Rows} were expected");
        rules.Is("table", Table, new Shape(1, 1, t.W, s.C));
        rules.Is("positions", Positions, new Shape(1, 1, Math.Max(p.W, s.W), s.C));
        rules.IsFloat32("table", Table);
        rules.IsFloat32("positions", Positions);
        foreach (int id in Ids)
            if ((uint)id >= (uint)t.W) throw rules.Broken($"id {id}, 0..{t.W - 1} was expected");
        rules.Apart(Y, Table, "table");
        rules.Apart(Y, Positions, "positions");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="EmbedCall"/>
    public static void Embed(this IKernels kernels, Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids) =>
        kernels.Run(new EmbedCall(y, table, positions, ids));
}
