using EvsNative.Kernels.Backends;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class FilterLayoutTests
{
    [Fact]
    public void A_filter_packed_for_other_kernels_is_refused_by_every_product_with_both_names()
    {
        using var narrow = Device.Open(new DeviceOptions(VectorBits: 128, Threads: 1));
        using var wide = Device.Open(new DeviceOptions(VectorBits: 256, Threads: 1));
        using var portable = Device.Open(new DeviceOptions(Backend.Null, Profile: GpuProfiles.Pascal));
        using var tensor = Device.Open(new DeviceOptions(Backend.Null, Profile: GpuProfiles.Hopper));
        Device[] devices = [narrow, wide, portable, tensor];
        string[] names = ["the processor's panels of 4", "the processor's panels of 8", "portable columns", "tensor rows"];
        string both = $"{names[2]} or {names[3]}";
        for (int reader = 0; reader < devices.Length; reader++)
        {
            for (int packer = 0; packer < devices.Length; packer++)
            {
                foreach (var (shape, run) in Calls(devices[reader]))
                {
                    using var scope = devices[reader].Enter("test");
                    var filter = devices[packer].Pack(shape, new float[shape.Count]);
                    Assert.Equal(names[packer], filter.Layout.ToString());
                    if (reader == packer || (reader >= 2 && packer >= 2))
                    {
                        run(filter);
                        continue;
                    }

                    var e = Assert.Throws<InvalidOperationException>(() => run(filter));
                    string wanted = reader >= 2 ? both : names[reader];
                    Assert.Contains($"packed as {names[packer]}, read as {wanted}", e.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void Every_filter_has_a_family_on_every_device_and_always_the_same_one()
    {
        var draw = new Draw(1);
        foreach (var caps in GpuProfiles.All)
        {
            using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: caps));
            for (int i = 0; i < 50; i++)
            {
                var shape = new FilterShape(draw.Whole(1, 300), draw.Whole(1, 300), draw.Of(1, 3));
                foreach (var storage in Enum.GetValues<WeightStorage>())
                {
                    Assert.Same(FilterFamily.Of(shape, storage, caps), FilterFamily.Of(shape, storage, caps with { }));
                    Assert.Equal(d.Pack(shape, [], storage).Layout, d.Pack(shape, [], storage).Layout);
                }
            }
        }
    }

    /// <summary>Every operation that reads a filter; of the convolutions both ways of the processor.</summary>
    private static IEnumerable<(FilterShape Shape, Action<Filter> Run)> Calls(Device d)
    {
        const int C = 64;
        var image = new Shape(1, 16, 16, C);
        yield return (new FilterShape(C, C, 3),
            filter => d.Kernels.Conv2d(d.Rent(image), d.Rent(image), null, filter, new ConvGeometry(1), default));
        yield return (new FilterShape(C, C),
            filter => d.Kernels.Conv2d(d.Rent(image), d.Rent(image), null, filter, new ConvGeometry(1), default));
        yield return (new FilterShape(C, C), filter => d.Kernels.Linear(d.Rent(image), d.Rent(image), filter, default));
        yield return (new FilterShape(3 * C, C, Sections: 3), filter =>
            d.Kernels.LinearSplit([d.Rent(image), d.Rent(image), d.Rent(image)], d.Rent(image), filter, null));
        yield return (new FilterShape(2 * C, C, IsGated: true),
            filter => d.Kernels.LinearGeglu(d.Rent(image), d.Rent(image), filter, null));
    }
}
