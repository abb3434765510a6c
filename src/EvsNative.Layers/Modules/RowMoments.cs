using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>The <see cref="ChannelMoments"/> of a picture that is read in bands.</summary>
internal static class RowMoments
{
    /// <summary>True if a picture of this size can be read so: its bands divide into runs.</summary>
    public static bool Exist(Shape picture, int rows) =>
        (long)rows * picture.W % ChannelMoments.Run == 0 && ChannelMoments.ShapeOf(picture) is not null;

    /// <param name="d">the device</param>
    /// <param name="x">[1,H,W,C]</param>
    /// <param name="rows">rows of a band</param>
    /// <returns>[1,H W / 64,2,C], rented</returns>
    public static Tensor Of(Device d, IPictureRows x, int rows)
    {
        var all = d.Rent(ChannelMoments.ShapeOf(x.Shape) ?? throw new ArgumentException($"{x.Shape} does not divide into runs"));
        int runs = x.Shape.W * rows / ChannelMoments.Run;
        for (int first = 0, run = 0; first < x.Shape.H; first += rows, run += runs)
        {
            using var scope = d.Enter(d.Path);
            int count = Math.Min(rows, x.Shape.H - first);
            d.Kernels.ChannelMoments(all.Rows(run, count * x.Shape.W / ChannelMoments.Run), x.Read(d, first, count));
        }

        return all;
    }
}
