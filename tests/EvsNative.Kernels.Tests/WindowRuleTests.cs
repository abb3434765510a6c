namespace EvsNative.Kernels.Tests;

/// <summary>Every rule of the operations over windows, broken once.</summary>
public sealed class WindowRuleTests : IDisposable
{
    private readonly Device _d = Device.Open(new DeviceOptions(Backend.Null));
    private readonly Device.Scope _scope;

    public WindowRuleTests() => _scope = _d.Enter("test");

    private IKernels K => _d.Kernels;

    public void Dispose()
    {
        _scope.Dispose();
        _d.Dispose();
    }

    [Fact]
    public void Patches_refuse_what_does_not_fit()
    {
        Tensor x = T(4, 8, 9, 3), y = T(4, 4, 4, 12);
        var two = new PatchGeometry(2, 2, 2);
        K.Patches(y, x, two);
        K.Patches(T(2, 4, 5, 24), T(3, 8, 9, 3), two with { Frames = 2, RoundsUp = true });
        PatchGeometry[] none =
        [
            two with { KernelH = 0 }, two with { KernelW = 0 }, two with { Stride = 0 }, two with { Frames = 0 }, two with { Padding = -1 },
        ];
        foreach (var wrong in none)
        {
            string sizes = $"{wrong.Frames} x {wrong.KernelH} x {wrong.KernelW} at every {wrong.Stride} pixels behind {wrong.Padding}";
            Refused($"Patches: patches of {sizes} of zeros, sizes of 1 or more and no negative padding were expected",
                () => K.Patches(y, x, wrong));
        }

        Refused("Patches: 4 images do not divide into 3 frames", () => K.Patches(y, x, two with { Frames = 3 }));
        Refused("Patches: x [4,8,9,3] is smaller than a patch of 1 x 9 x 2", () => K.Patches(y, x, two with { KernelH = 9 }));
        Refused("Patches: x [4,8,9,3] is smaller than a patch of 1 x 2 x 11",
            () => K.Patches(y, x, two with { KernelW = 11, RoundsUp = true }));
        Refused("Patches: y [4,4,4,12] has the wrong shape, [4,4,5,12] was expected", () => K.Patches(y, x, two with { RoundsUp = true }));
        Refused("Patches: y [4,4,4,12] has the wrong shape, [2,4,4,24] was expected", () => K.Patches(y, x, two with { Frames = 2 }));
        Refused("Patches: y [4,4,4,12] Float16 and x [4,8,9,3], one type was expected", () => K.Patches(Half(4, 4, 4, 12), x, two));
        Refused("Patches: the destination [4,8,9,3] overlaps x [4,8,9,3], memory of its own was expected",
            () => K.Patches(x, x, new PatchGeometry(1, 1, 1)));
    }

    [Fact]
    public void Unpatches_refuse_what_does_not_fit()
    {
        Tensor x = T(2, 3, 4, 12), y = T(2, 6, 8, 3);
        K.Unpatches(y, x, 2);
        Refused("Unpatches: scale 0, 1 or more was expected", () => K.Unpatches(y, x, 0));
        Refused("Unpatches: 12 channels do not divide into 3 x 3 pixels", () => K.Unpatches(y, x, 3));
        Refused("Unpatches: y [2,6,8,3] has the wrong shape, [2,3,4,12] was expected", () => K.Unpatches(y, x, 1));
        Refused("Unpatches: y [2,6,8,3] Float16 and x [2,3,4,12], one type was expected", () => K.Unpatches(Half(2, 6, 8, 3), x, 2));
        Refused("Unpatches: the destination [2,3,4,12] overlaps x [2,3,4,12], memory of its own was expected",
            () => K.Unpatches(x, x, 1));
    }

    [Fact]
    public void Depthwise_convolutions_refuse_what_does_not_fit()
    {
        Tensor x = T(4, 5, 6, 8), y = T(4, 5, 6, 8), w = T(3, 7, 7, 8), b = T(1, 1, 1, 8);
        K.Depthwise(y, x, w, b, 2);
        Refused("Depthwise: y [4,5,6,7] has the wrong shape, [4,5,6,8] was expected", () => K.Depthwise(T(4, 5, 6, 7), x, w, b, 2));
        Refused("Depthwise: y [4,5,6,8] Float16 and x [4,5,6,8], one type was expected", () => K.Depthwise(Half(4, 5, 6, 8), x, w, b, 2));
        Refused("Depthwise: filter [3,7,7,6] has the wrong shape, [3,7,7,8] was expected",
            () => K.Depthwise(y, x, T(3, 7, 7, 6), b, 2));
        foreach (var (frames, height, width) in ((int, int, int)[])[(2, 7, 7), (3, 6, 7), (3, 7, 4)])
        {
            Refused($"Depthwise: filter [{frames},{height},{width},8] has an even side, odd ones were expected",
                () => K.Depthwise(y, x, T(frames, height, width, 8), b, 2));
        }

        Refused("Depthwise: filter [3,7,7,8] Float16, float32 was expected", () => K.Depthwise(y, x, Half(3, 7, 7, 8), b, 2));
        Refused("Depthwise: bias [1,1,1,6] does not fit 8 channels, [1,1,1,8] was expected", () => K.Depthwise(y, x, w, T(1, 1, 1, 6), 2));
        Refused("Depthwise: bias [1,1,1,8] Float16, float32 was expected", () => K.Depthwise(y, x, w, Half(1, 1, 1, 8), 2));
        Refused("Depthwise: 4 images do not divide into clips of 3 frames", () => K.Depthwise(y, x, w, b, 3));
        Refused("Depthwise: 4 images do not divide into clips of 0 frames", () => K.Depthwise(y, x, w, b, 0));
        Refused("Depthwise: the destination [4,5,6,8] overlaps x [4,5,6,8], memory of its own was expected",
            () => K.Depthwise(x, x, w, b, 2));
        Refused("Depthwise: the destination [3,7,7,8] overlaps filter [3,7,7,8], memory of its own was expected",
            () => K.Depthwise(w, T(3, 7, 7, 8), w, b, 3));
        Refused("Depthwise: the destination [1,1,1,8] overlaps bias [1,1,1,8], memory of its own was expected",
            () => K.Depthwise(b, T(1, 1, 1, 8), w, b, 1));
    }

    [Fact]
    public void Means_of_four_pixels_refuse_what_does_not_fit()
    {
        Tensor x = T(2, 5, 7, 3), y = T(2, 2, 3, 3);
        K.AveragePool(y, x);
        Refused("AveragePool: x [2,1,7,3] has sides of 1 and 7 pixels, at least 2 were expected", () => K.AveragePool(y, T(2, 1, 7, 3)));
        Refused("AveragePool: x [2,5,1,3] has sides of 5 and 1 pixels, at least 2 were expected", () => K.AveragePool(y, T(2, 5, 1, 3)));
        Refused("AveragePool: y [2,5,7,3] has the wrong shape, [2,2,3,3] was expected", () => K.AveragePool(x, x));
        Refused("AveragePool: y [2,2,3,3] Float16 and x [2,5,7,3], one type was expected", () => K.AveragePool(Half(2, 2, 3, 3), x));
        var all = T(1, 1, 1, 2 * 5 * 7 * 3);
        Refused("AveragePool: the destination [2,2,3,3] overlaps x [2,5,7,3], memory of its own was expected",
            () => K.AveragePool(new Tensor(all.Buffer, all.Offset, y.Shape, all.Type), all.As(x.Shape)));
    }

    private static void Refused(string message, Action call) =>
        Assert.Equal($"{message} (at test)", Assert.Throws<ArgumentException>(call).Message);

    private Tensor T(int n, int h, int w, int c) => _d.Rent(new Shape(n, h, w, c));

    private Tensor Half(int n, int h, int w, int c) => _d.Rent(new Shape(n, h, w, c), ElementType.Float16);
}
