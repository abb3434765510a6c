using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using EvsNative.Kernels.Backends;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>The kernels that operations load, with their policies, threads and groups, as dry runs on each device show them.</summary>
internal static class KernelForms
{
    private static readonly ConcurrentDictionary<string, IReadOnlyList<KernelForm>> Found = new();
    private static readonly ConcurrentDictionary<int, IReadOnlyList<KernelForm>> OfArchitecture = new();

    /// <summary>Those of all devices.</summary>
    public static IReadOnlyList<KernelForm> All { get; } = Ordered(GpuProfiles.All.SelectMany(Of));

    /// <summary>Those that any device can run: what devices without tensor cores load.</summary>
    public static IReadOnlyList<KernelForm> Portable { get; } =
        Ordered(GpuProfiles.All.Where(profile => profile.TensorCores == TensorGeneration.None).SelectMany(Of));

    /// <summary>Those that a device of an architecture loads, and all that any device can run.</summary>
    public static IReadOnlyList<KernelForm> Of(int sm) => OfArchitecture.GetOrAdd(
        sm, _ => Ordered(GpuProfiles.All.Where(profile => profile.Sm == sm).SelectMany(Of).Concat(Portable)));

    private static IReadOnlyList<KernelForm> Of(GpuCaps profile) => Found.GetOrAdd(profile.Name, _ => Find(profile));

    private static IReadOnlyList<KernelForm> Find(GpuCaps profile)
    {
        var found = new HashSet<KernelForm>(Products(profile));
        foreach (var precision in (ElementType[])[ElementType.Float32, ElementType.Float16])
        {
            using var d = Device.Open(new DeviceOptions(Backend.Null, Precision: precision, Profile: profile));
            using (d.Enter("forms")) NetworkShapes.Run(d, precision);
            foreach (var result in SelfTest.Run(d)) Assert.Null(result.Problem);
            found.UnionWith(((DryGpu)((GpuBackend)BackendOf(d)).Gpu).Forms);
        }

        return Ordered(found);
    }

    // All tiles of products on tensor cores: which one is chosen depends on more shapes than are tried here.
    private static IEnumerable<KernelForm> Products(GpuCaps caps)
    {
        if (caps.TensorCores == TensorGeneration.None) yield break;
        var kernel = typeof(ProductTensor).GetMethod("Kernel", BindingFlags.Static | BindingFlags.NonPublic)!;
        foreach (var tile in ProductPlanTensor.Tiles)
        {
            if (caps.TensorCores == TensorGeneration.Turing && tile.ThreadSums > 64) continue;
            var plan = ProductPlanTensor.Choose(caps, new ProductSizeTensor(4096, 320, 40, 0, 1, 4096, 640), tile.Tile);
            foreach (var form in (Type[])[typeof(LinearForm), typeof(GatedForm), typeof(ConvolutionForm)])
            {
                Type[] policies = [plan.Numbers, typeof(HalfResult), plan.Tile.Tile, plan.Staging, form];
                yield return new KernelForm(kernel.MakeGenericMethod(policies), plan.Threads, plan.Tile.Groups);
            }
        }
    }

    private static IReadOnlyList<KernelForm> Ordered(IEnumerable<KernelForm> forms) =>
        [.. forms.Distinct().OrderBy(form => form.Name, StringComparer.Ordinal).ThenBy(form => form.Threads)];

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_backend")]
    private static extern ref IBackend BackendOf(Device d);
}
