using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Resnets of one size, then half or twice the size, or neither.</summary>
internal sealed class VaeBlock(string path, ResnetBlock[] resnets, Downsample? downsampler = null, Upsample? upsampler = null)
{
    /// <summary>Channels of the result.</summary>
    public int OutChannels => resnets[^1].OutChannels;

    /// <summary>Halves the size, behind the resnets.</summary>
    public Downsample? Downsampler => downsampler;

    /// <summary>Doubles the size, behind the resnets.</summary>
    public Upsample? Upsampler => upsampler;

    /// <summary>The resnets alone, of one picture, a band of rows at a time.</summary>
    /// <param name="d">the device</param>
    /// <param name="x">[1,H,W,C]</param>
    /// <param name="into">[1,H,W,Cout]</param>
    /// <param name="rows">rows of a band</param>
    public void ResnetsInBands(Device d, IPictureRows x, Tensor into, int rows)
    {
        using var scope = d.Enter(path);
        foreach (var resnet in resnets)
        {
            resnet.ForwardInBands(d, x, into, rows);
            x = new KeptRows(into);
        }
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <returns>[N,H',W',Cout]</returns>
    public Tensor Forward(Device d, Tensor x)
    {
        var same = x.Shape with { C = OutChannels };
        var (halved, doubled) = (same with { H = same.H / 2, W = same.W / 2 }, same with { H = 2 * same.H, W = 2 * same.W });
        var y = d.Rent(downsampler is not null ? halved : upsampler is not null ? doubled : same);
        using var scope = d.Enter(path);

        // Two buffers in turn: these are the largest tensors of a run.
        Tensor[] buffers = [d.Rent(same), downsampler is null && upsampler is null ? y : d.Rent(same)];
        int parity = resnets.Length % 2;
        for (int i = 0; i < resnets.Length; i++) x = resnets[i].Forward(d, x, into: buffers[(i + parity) % 2]);
        return downsampler?.Forward(d, x, into: y) ?? upsampler?.Forward(d, x, (doubled.H, doubled.W), into: y) ?? x;
    }
}
