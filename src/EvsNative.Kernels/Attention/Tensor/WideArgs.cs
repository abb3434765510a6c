namespace EvsNative.Kernels.Attention;

/// <summary>A product of the wide attention as its kernel sees it: float32, rows of 16-byte chunks.</summary>
internal struct WideArgs
{
    /// <summary>Addresses of the first numbers.</summary>
    public ulong Left, Right, Result;

    /// <summary>Bytes from a row to the next.</summary>
    public int LeftStep, RightStep, ResultStep;

    /// <summary>Rows and columns of the product, columns that are written, numbers of the summed axis: a multiple of 16.</summary>
    public int Rows, Columns, ResultColumns, Depth;

    /// <summary>Rows of the right operand where it has one for each number of the summed axis; those behind are zero.</summary>
    public int RightRows;

    /// <summary>Groups along the columns.</summary>
    public int ColumnParts;
}
