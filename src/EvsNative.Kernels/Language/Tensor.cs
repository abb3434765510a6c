namespace EvsNative.Kernels;

/// <summary>A view of a buffer: where it starts, its shape and its element type. It owns nothing and computes nothing.</summary>
public readonly struct Tensor
{
    /// <summary>A view that starts <paramref name="offset"/> elements into the buffer.</summary>
    public Tensor(DeviceBuffer buffer, long offset, Shape shape, ElementType type)
    {
        (Buffer, Offset, Shape, Type) = (buffer, offset, shape, type);
    }

    /// <summary>The memory.</summary>
    public DeviceBuffer Buffer { get; }

    /// <summary>First element, counted in elements from the start of the buffer.</summary>
    public long Offset { get; }

    /// <summary>[N,H,W,C]</summary>
    public Shape Shape { get; }

    /// <summary>How the elements are stored.</summary>
    public ElementType Type { get; }

    /// <summary>Size in bytes.</summary>
    public long Bytes => Shape.Count * Type.Bytes();

    /// <summary>The same elements under another shape of the same count.</summary>
    public Tensor As(Shape shape) => shape.Count == Shape.Count
        ? new Tensor(Buffer, Offset, shape, Type)
        : throw new ArgumentException($"view: {Shape} does not hold the elements of {shape}");

    /// <summary>Images <paramref name="first"/> .. <paramref name="first"/> + <paramref name="count"/> - 1.</summary>
    public Tensor Images(int first, int count) => first >= 0 && count >= 1 && first + count <= Shape.N
        ? new Tensor(Buffer, Offset + (Shape.Count / Shape.N * first), Shape with { N = count }, Type)
        : throw new ArgumentOutOfRangeException(nameof(count), $"view: images {first}..{first + count - 1} are not in {Shape}");

    /// <summary>
    /// Rows <paramref name="first"/> .. <paramref name="first"/> + <paramref name="count"/> - 1 of a single picture: the same memory.
    /// </summary>
    public Tensor Rows(int first, int count) => Shape.N == 1 && first >= 0 && count >= 1 && first + count <= Shape.H
        ? new Tensor(Buffer, Offset + ((long)Shape.W * Shape.C * first), Shape with { H = count }, Type)
        : throw new ArgumentOutOfRangeException(nameof(count), $"view: rows {first}..{first + count - 1} are not in one picture {Shape}");

    /// <summary>True if both views share memory.</summary>
    public bool Overlaps(Tensor other) => ReferenceEquals(Buffer, other.Buffer)
        && Offset * Type.Bytes() < (other.Offset * other.Type.Bytes()) + other.Bytes
        && other.Offset * other.Type.Bytes() < (Offset * Type.Bytes()) + Bytes;

    /// <summary>Shape, with the storage where it is not float32.</summary>
    public override string ToString() => Type == ElementType.Float32 ? Shape.ToString() : $"{Shape} {Type}";
}
