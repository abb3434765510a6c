namespace EvsNative.Kernels;

/// <summary>How packed weights are kept in memory. Arithmetic is float32 whatever the storage; widening is exact.</summary>
public enum WeightStorage
{
    /// <summary>IEEE binary32.</summary>
    Float32,

    /// <summary>IEEE binary16.</summary>
    Float16,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16,
}

/// <summary>Sizes of the storages.</summary>
public static class WeightStorages
{
    /// <summary>Bytes of one number.</summary>
    public static int Bytes(this WeightStorage storage) => storage == WeightStorage.Float32 ? 4 : 2;
}
