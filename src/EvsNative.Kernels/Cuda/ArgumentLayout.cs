using System.Reflection;
using ILGPU;

namespace EvsNative.Kernels.Cuda;

/// <summary>A number or a view in a struct of arguments.</summary>
/// <param name="Path">fields that lead to it</param>
/// <param name="Offset">in bytes</param>
/// <param name="IsView">true for a view</param>
internal sealed record ArgumentLeaf(IReadOnlyList<FieldInfo> Path, int Offset, bool IsView);

/// <summary>Where a kernel's PTX looks for the fields of its argument.</summary>
/// <param name="Bytes">size, a multiple of the alignment</param>
/// <param name="Alignment">of the largest part</param>
/// <param name="Leaves">in the order of their offsets</param>
internal sealed record ArgumentLayout(int Bytes, int Alignment, IReadOnlyList<ArgumentLeaf> Leaves)
{
    private const int ViewBytes = 16, ViewAlignment = 8;

    /// <summary>The layout of a struct.</summary>
    /// <exception cref="NotSupportedException">it holds what kernels cannot take</exception>
    public static ArgumentLayout Of(Type type)
    {
        List<ArgumentLeaf> leaves = [];
        var (bytes, alignment) = Add(type, [], 0, leaves);
        return new ArgumentLayout(bytes, alignment, leaves);
    }

    private static (int Bytes, int Alignment) Add(Type type, FieldInfo[] path, int offset, List<ArgumentLeaf> leaves)
    {
        bool isView = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ArrayView<>);
        if (isView || SizeOf(type) > 0)
        {
            leaves.Add(new ArgumentLeaf(path, offset, isView));
            return isView ? (ViewBytes, ViewAlignment) : (SizeOf(type), SizeOf(type));
        }

        if (!type.IsValueType || type.IsPrimitive) throw new NotSupportedException($"{type.Name} cannot be an argument of a kernel");
        int end = 0, alignment = 1;
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .OrderBy(field => field.MetadataToken))
        {
            int fieldAlignment = AlignmentOf(field.FieldType);
            end = Aligned(end, fieldAlignment);
            end += Add(field.FieldType, [.. path, field], offset + end, leaves).Bytes;
            alignment = Math.Max(alignment, fieldAlignment);
        }

        return (Math.Max(1, Aligned(end, alignment)), alignment);
    }

    private static int AlignmentOf(Type type) => Add(type, [], 0, []).Alignment;

    private static int Aligned(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;

    /// <summary>Bytes of a number, and its alignment; 0 for anything else. A truth value is a number of 32 bits in ILGPU's code.</summary>
    private static int SizeOf(Type type)
    {
        if (type.IsEnum) return SizeOf(type.GetEnumUnderlyingType());
        if (type == typeof(ILGPU.Half)) return 2;
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Byte or TypeCode.SByte => 1,
            TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Char => 2,
            TypeCode.Boolean or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Single => 4,
            TypeCode.Int64 or TypeCode.UInt64 or TypeCode.Double => 8,
            _ => 0,
        };
    }
}
