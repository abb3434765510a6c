namespace EvsNative.Layers;

/// <summary>How numbers are stored in files of weights: the types of the safetensors format, PyTorch's among them.</summary>
public enum StoredType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned 8-bit integer.</summary>
    U8,

    /// <summary>Signed 8-bit integer.</summary>
    I8,

    /// <summary>8-bit float with 2 bits of mantissa.</summary>
    F8E5M2,

    /// <summary>8-bit float with 3 bits of mantissa.</summary>
    F8E4M3,

    /// <summary>Signed 16-bit integer.</summary>
    I16,

    /// <summary>Unsigned 16-bit integer.</summary>
    U16,

    /// <summary>IEEE binary16.</summary>
    F16,

    /// <summary>The upper half of a binary32.</summary>
    BF16,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Unsigned 32-bit integer.</summary>
    U32,

    /// <summary>IEEE binary32.</summary>
    F32,

    /// <summary>IEEE binary64.</summary>
    F64,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>Unsigned 64-bit integer.</summary>
    U64,
}

/// <summary>Names and sizes of the element types.</summary>
internal static class StoredTypes
{
    private static readonly (string Name, int Bytes)[] Table =
    [
        ("BOOL", 1), ("U8", 1), ("I8", 1), ("F8_E5M2", 1), ("F8_E4M3", 1), ("I16", 2), ("U16", 2), ("F16", 2), ("BF16", 2),
        ("I32", 4), ("U32", 4), ("F32", 4), ("F64", 8), ("I64", 8), ("U64", 8),
    ];

    /// <summary>Words of types that the safetensors format has and that are not read.</summary>
    public static readonly IReadOnlySet<string> NotRead = new HashSet<string>
    {
        "F4", "F6_E2M3", "F6_E3M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "C64",
    };

    /// <summary>The word that stands in the header.</summary>
    public static string Word(this StoredType type) => Table[(int)type].Name;

    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this StoredType type) => Table[(int)type].Bytes;

    /// <summary>Whether it is a floating-point number, of any width.</summary>
    public static bool IsFloat(this StoredType type) => type is StoredType.F32 or StoredType.F16 or StoredType.BF16 or StoredType.F64
        or StoredType.F8E4M3 or StoredType.F8E5M2;

    /// <summary>The type of a word, or null if the format has none of this name.</summary>
    public static StoredType? Find(string word)
    {
        int index = Array.FindIndex(Table, row => row.Name == word);
        return index < 0 ? null : (StoredType)index;
    }
}
