namespace EvsNative.Kernels;

/// <summary>How the elements of a tensor are stored. Arithmetic is float32 or better whatever the storage.</summary>
public enum ElementType
{
    /// <summary>IEEE binary32.</summary>
    Float32,

    /// <summary>IEEE binary16.</summary>
    Float16,
}

/// <summary>Sizes of the element types.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this ElementType type) => type == ElementType.Float32 ? 4 : 2;
}
