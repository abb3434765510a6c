using System.Reflection;

namespace EvsNative.Kernels.Gpu;

/// <summary>
/// The loaded forms of one generic kernel, by the policies that it is made with. A form is compiled when it is first asked for.
/// </summary>
/// <param name="gpu">where they run</param>
/// <param name="owner">the class of the kernel</param>
/// <param name="method">its static method, with a type parameter for each policy</param>
/// <param name="options">what all forms need beyond groups and threads</param>
internal sealed class KernelVariants<TArgs>(GpuRuntime gpu, Type owner, string method = "Kernel", GpuKernelOptions options = default)
    where TArgs : struct
{
    private readonly Dictionary<Key, GpuKernel<TArgs>> _loaded = [];

    /// <summary>The form for these policies, in the order of the method's type parameters.</summary>
    public GpuKernel<TArgs> Get(int threads, Type? a = null, Type? b = null, Type? c = null, Type? d = null, Type? e = null) =>
        Get(threads, options, a, b, c, d, e);

    /// <summary>The same, with what this form needs beyond groups and threads.</summary>
    public GpuKernel<TArgs> Get(
        int threads, GpuKernelOptions needs, Type? a = null, Type? b = null, Type? c = null, Type? d = null, Type? e = null)
    {
        var key = new Key(threads, needs, a, b, c, d, e);
        if (!_loaded.TryGetValue(key, out var kernel)) _loaded[key] = kernel = gpu.Load<TArgs>(Form(key), threads, needs);
        return kernel;
    }

    private MethodInfo Form(Key key)
    {
        var open = owner.GetMethod(method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            ?? throw new MissingMethodException(owner.Name, method);
        Type[] policies = [.. new[] { key.A, key.B, key.C, key.D, key.E }.OfType<Type>()];
        return policies.Length > 0 ? open.MakeGenericMethod(policies) : open;
    }

    private readonly record struct Key(int Threads, GpuKernelOptions Needs, Type? A, Type? B, Type? C, Type? D, Type? E);
}
