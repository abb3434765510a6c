using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace EvsNative.Kernels.Cuda;

/// <summary>
/// Writes a kernel's arguments as its PTX reads them: the fields in order at their natural alignment, a view as an address and a length of
/// 64 bits, structs as C lays them out, enumerations as their numbers, truth values as 32 bits. The writer is compiled once for a type;
/// using it allocates nothing.
/// </summary>
internal static unsafe class ArgumentPacking<TArgs>
    where TArgs : struct
{
    private static readonly ArgumentLayout Layout = ArgumentLayout.Of(typeof(TArgs));
    private static readonly Writer Compiled = Compile();

    private delegate void Writer(ref TArgs args, nint target);

    /// <summary>Size of the arguments.</summary>
    public static int Bytes => Layout.Bytes;

    /// <summary>Writes <see cref="Bytes"/> bytes; what lies between fields is left as it is.</summary>
    public static void Write(in TArgs args, byte* target) => Compiled(ref Unsafe.AsRef(in args), (nint)target);

    private static Writer Compile()
    {
        var args = Expression.Parameter(typeof(TArgs).MakeByRefType(), "args");
        var target = Expression.Parameter(typeof(nint), "target");
        List<Expression> writes = [];
        foreach (var leaf in Layout.Leaves)
        {
            var value = leaf.Path.Aggregate((Expression)args, Expression.Field);
            if (value.Type == typeof(bool)) value = Expression.Condition(value, Expression.Constant(1), Expression.Constant(0));
            if (value.Type.IsEnum) value = Expression.Convert(value, value.Type.GetEnumUnderlyingType());
            string method = leaf.IsView ? nameof(PutView) : nameof(Put);
            var type = leaf.IsView ? value.Type.GetGenericArguments()[0] : value.Type;
            var put =
                typeof(ArgumentPacking<TArgs>).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type);
            writes.Add(Expression.Call(put, target, Expression.Constant(leaf.Offset), value));
        }

        return Expression.Lambda<Writer>(writes.Count > 0 ? Expression.Block(typeof(void), writes) : Expression.Empty(), args, target)
            .Compile();
    }

    private static void Put<T>(nint target, int offset, T value) where T : unmanaged =>
        Unsafe.WriteUnaligned((byte*)target + offset, value);

    private static void PutView<T>(nint target, int offset, ArrayView<T> view) where T : unmanaged
    {
        Unsafe.WriteUnaligned((byte*)target + offset, view.IsValid ? (long)view.LoadEffectiveAddressAsPtr() : 0);
        Unsafe.WriteUnaligned((byte*)target + offset + sizeof(long), view.IsValid ? view.Length : 0);
    }
}
