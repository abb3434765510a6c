using System.Reflection;
using System.Runtime.CompilerServices;
using EvsNative.Kernels.Backends;
using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>All kernels that the operations load, with their policies and threads, as dry runs on several devices show them.</summary>
internal static class PortableKernelForms
{
    private static readonly Lazy<IReadOnlyList<(MethodInfo Kernel, int Threads)>> Found = new(Find);

    public static IReadOnlyList<(MethodInfo Kernel, int Threads)> All => Found.Value;

    private static List<(MethodInfo, int)> Find()
    {
        var found = new HashSet<(MethodInfo, int)>();
        foreach (var profile in GpuProfiles.All)
        {
            foreach (var precision in (ElementType[])[ElementType.Float32, ElementType.Float16])
            {
                using var d = Device.Open(new DeviceOptions(Backend.Null, Precision: precision, Profile: profile));
                using (d.Enter("forms")) NetworkShapes.Run(d, precision);
                foreach (var result in SelfTest.Run(d)) Assert.Null(result.Problem);
                found.UnionWith(((DryGpu)((GpuBackend)BackendOf(d)).Gpu).Launches.Keys);
            }
        }

        return [.. found.OrderBy(form => KernelNames.Of(form.Item1), StringComparer.Ordinal).ThenBy(form => form.Item2)];
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_backend")]
    private static extern ref IBackend BackendOf(Device d);
}
