using System.Reflection;
using EvsNative.Kernels.Compile;

namespace EvsNative.Kernels.Gpu;

/// <summary>A kernel as it is asked for. From the same program, the same form gives the same kernel on every start.</summary>
/// <param name="Kernel">with all type parameters given</param>
/// <param name="Threads">of a group</param>
/// <param name="MinGroups">groups that a multiprocessor is to hold at once; 0 says nothing</param>
internal sealed record KernelForm(MethodInfo Kernel, int Threads, int MinGroups = 0)
{
    /// <summary>Class and policies, for people.</summary>
    public string Name => KernelNames.Of(Kernel);

    /// <summary>
    /// All that its text depends on, but for the target: names, policies, numbers, and the versions of the modules in which kernel,
    /// policies and compiler lie. A module's version id changes whenever its code does.
    /// </summary>
    public string Identity
    {
        get
        {
            var policies = Kernel.IsGenericMethod ? Kernel.GetGenericArguments() : [];
            var modules = policies.SelectMany(TypesIn).Append(Kernel.DeclaringType!).Select(type => type.Module)
                .Concat(KernelContext.Modules).Select(module => module.ModuleVersionId).Distinct().Order();
            string name = $"{Kernel.DeclaringType}.{Kernel.Name}<{string.Join<Type>(',', policies)}>";
            return $"{name} {Threads} {MinGroups} {string.Join(' ', modules)}";
        }
    }

    private static IEnumerable<Type> TypesIn(Type type) => type.GetGenericArguments().SelectMany(TypesIn).Append(type);
}
