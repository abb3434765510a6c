namespace EvsNative.Kernels;

/// <summary>How packed weights are kept in memory. Arithmetic is float32 or better whatever the storage.</summary>
public enum WeightStorage
{
    /// <summary>IEEE binary32: 4 bytes a number.</summary>
    Float32,

    /// <summary>IEEE binary16: 2 bytes, 10 bits of mantissa, up to 65504.</summary>
    Float16,

    /// <summary>The upper half of a binary32: 2 bytes, 7 bits of mantissa, the range of float32.</summary>
    BFloat16,
}
