namespace EvsNative.Layers;

/// <summary>Named tensors somewhere: a safetensors file, several of them, or a formula.</summary>
public interface IWeightFile : IDisposable
{
    /// <summary>Where the tensors come from, for error messages.</summary>
    string Origin { get; }

    /// <summary>The names that can be listed; empty for a source that makes tensors up on demand.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Dimensions of a tensor, or null if there is none of this name. A source that makes tensors up answers with <paramref name="wanted"/>.</summary>
    IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted);

    /// <summary>Reads a whole tensor as float32, in the file's order.</summary>
    void Read(string name, Span<float> values);
}
