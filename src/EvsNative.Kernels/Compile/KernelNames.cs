using System.Reflection;

namespace EvsNative.Kernels.Compile;

/// <summary>Names of kernels for people: class, method where it is not <c>Kernel</c>, policies without their last word.</summary>
internal static class KernelNames
{
    public static string Of(MethodInfo kernel)
    {
        string name = kernel.DeclaringType!.Name + (kernel.Name == "Kernel" ? "" : $".{kernel.Name}");
        return kernel.IsGenericMethod ? $"{name}<{string.Join(',', kernel.GetGenericArguments().Select(Of))}>" : name;
    }

    private static string Of(Type policy) =>
        policy.IsGenericType ? $"{policy.Name[..policy.Name.IndexOf('`')]}<{string.Join(',', policy.GetGenericArguments().Select(Of))}>"
            : policy.Name;
}
