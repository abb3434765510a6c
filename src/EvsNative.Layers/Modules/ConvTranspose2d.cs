using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// A transposed convolution of kernel 4, stride 2 and padding 1, which doubles a picture. Each result sees two by two inputs, and which of
/// the kernel's numbers it sees them through depends on whether its row and its column are even: so it is a 3x3 convolution to four times
/// the channels, a block of them for each of the four pixels that an input becomes. Of nine numbers five are zeros.
/// </summary>
public sealed class ConvTranspose2d
{
    private const int Kernel = 4, Scale = 2, Window = 3;

    private readonly Filter _weight;
    private readonly Tensor _bias;
    private readonly int _outChannels;
    private readonly string _path;

    /// <summary>Reads <c>weight</c>, stored as [in,out,4,4], and <c>bias</c>.</summary>
    /// <param name="w">the folder</param>
    /// <param name="inChannels">of x</param>
    /// <param name="outChannels">of the result</param>
    /// <param name="hasRoom">x has <see cref="ChannelRoom"/> behind its channels</param>
    public ConvTranspose2d(WeightSource w, int inChannels, int outChannels, bool hasRoom = false)
    {
        (_path, _outChannels) = (w.Path, outChannels);
        int blocks = Scale * Scale * outChannels, width = hasRoom ? ChannelRoom.Of(inChannels) : inChannels;
        _weight = w.MadeFilter(
            new FilterShape(blocks, width, Window), read => Blocks(read[0], inChannels, width, outChannels),
            ("weight", [inChannels, outChannels, Kernel, Kernel]));
        _bias = w.MadeNumbers(
            Shape.Vector(blocks), read => [.. Enumerable.Repeat(read[0], Scale * Scale).SelectMany(bias => bias)], ("bias", [outChannels]));
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C], room included</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[N,2H,2W,Cout]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? into = null)
    {
        var s = x.Shape;
        var y = into ?? d.Rent(new Shape(s.N, Scale * s.H, Scale * s.W, _outChannels), x.Type);
        using var scope = d.Enter(_path);
        var blocks = d.Rent(s with { C = Scale * Scale * _outChannels }, x.Type);
        d.Kernels.Conv2d(blocks, x, null, _weight, new ConvGeometry(1), new Epilogue(_bias));
        d.Kernels.Unpatches(y, blocks, Scale);
        return y;
    }

    /// <summary>
    /// From [in,out,4,4] to [a,b,out][in][u][v]: the pixel at row a and column b of four sees its input's neighbour at row u - 1 and column
    /// v - 1 through the number at 3 + a - 2u, 3 + b - 2v, where the kernel has one.
    /// </summary>
    private static float[] Blocks(float[] weight, int inChannels, int width, int outChannels)
    {
        float[] blocks = new float[Scale * Scale * outChannels * width * Window * Window];
        int room = (width - inChannels) * Window * Window, at = 0;
        for (int block = 0; block < Scale * Scale; block++)
        {
            var (a, b) = (block / Scale, block % Scale);
            for (int o = 0; o < outChannels; o++, at += room)
            {
                for (int c = 0; c < inChannels; c++)
                {
                    for (int tap = 0; tap < Window * Window; tap++, at++)
                    {
                        int row = Kernel - 1 + a - (2 * (tap / Window)), column = Kernel - 1 + b - (2 * (tap % Window));
                        if (row is < 0 or >= Kernel || column is < 0 or >= Kernel) continue;
                        blocks[at] = weight[(((((c * outChannels) + o) * Kernel) + row) * Kernel) + column];
                    }
                }
            }
        }

        return blocks;
    }
}
