using System.Reflection;
using System.Runtime.CompilerServices;
using EvsNative.Kernels.Gpu;

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
                using (d.Enter("forms")) Load(d, precision);
                try
                {
                    foreach (var _ in SelfTest.Run(d)) { }
                    using (d.Enter("sizes")) LoadSizes(d, precision);
                }
                catch (NotSupportedException)
                {
                    // An operation that is not written yet.
                }

                found.UnionWith(((DryGpu)((GpuBackend)BackendOf(d)).Gpu).Launches.Keys);
            }
        }

        return [.. found.OrderBy(form => KernelNames.Of(form.Item1), StringComparer.Ordinal).ThenBy(form => form.Item2)];
    }

    private static void Load(Device d, ElementType precision)
    {
        var shape = new Shape(2, 9, 11, 40);
        Tensor x = d.Rent(shape, precision), y = d.Rent(shape, precision), numbers = d.Rent(shape);
        d.Kernels.Combine(numbers, 1, numbers, 2, numbers);
        d.Kernels.Activate(y, x, Activation.Gelu);
        d.Kernels.Copy(numbers, x);
        d.Kernels.Copy(y, numbers);
        d.Kernels.CountNonFinite(x);
    }

    // What a network of Stable Diffusion's size needs: tiles depend on it.
    private static void LoadSizes(Device d, ElementType precision)
    {
        foreach (var (width, channels) in ((int, int)[])[(64, 320), (32, 640), (8, 1280)])
        {
            var shape = new Shape(2, width, width, channels);
            Tensor x = d.Rent(shape, precision), y = d.Rent(shape, precision), text = d.Rent(new Shape(2, 1, 77, channels), precision);
            var conv = d.Pack(new FilterShape(channels, channels, 3), default, WeightStorage.Float16);
            d.Kernels.Conv2d(y, x, null, conv, new ConvGeometry(1), new Epilogue(Residual: x));
            var linear = d.Pack(new FilterShape(channels, channels), default, WeightStorage.Float16);
            d.Kernels.Linear(y, x, linear, new Epilogue(Residual: x));
            var gated = d.Pack(new FilterShape(8 * channels, channels, IsGated: true), default, WeightStorage.Float16);
            d.Kernels.LinearGeglu(d.Rent(shape with { C = 4 * channels }, precision), x, gated, null);
            d.Kernels.Attention(y, x, x, x, new AttentionOptions(8));
            d.Kernels.Attention(y, x, text, text, new AttentionOptions(8));
            d.Kernels.Attention(y, x, x, x, new AttentionOptions(8, SequenceAxis.Frames, 2));
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_backend")]
    private static extern ref IBackend BackendOf(Device d);
}
