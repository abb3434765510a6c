namespace EvsNative.Layers;

/// <summary>A row of numbers of a PyTorch file, at which tensors look.</summary>
/// <param name="key">its name in the file</param>
/// <param name="type">of the elements; bytes where each tensor says what they are</param>
/// <param name="count">elements</param>
/// <param name="isUntyped">whether each tensor says what the elements are</param>
internal sealed class TorchStorage(string key, StoredType type, long count, bool isUntyped)
{
    /// <summary>Its name in the file.</summary>
    public string Key => key;

    /// <summary>Of the elements; bytes where each tensor says what they are.</summary>
    public StoredType Type => type;

    /// <summary>Elements.</summary>
    public long Count => count;

    /// <summary>Whether each tensor says what the elements are.</summary>
    public bool IsUntyped => isUntyped;

    /// <summary>Bytes of all elements.</summary>
    public long Bytes => count * type.Bytes();

    /// <summary>Where the first element lies in the file; set when the container is read.</summary>
    public long Place { get; set; }

    /// <summary>The CRC-32 of all bytes, where the container knows one.</summary>
    public uint? Crc { get; set; }

    /// <summary>Whether the bytes were held against the CRC.</summary>
    public bool IsChecked { get; set; }
}
