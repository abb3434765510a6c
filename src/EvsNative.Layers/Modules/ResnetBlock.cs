using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// Norm, SiLU, convolution, twice; the time embedding is added in between and a shortcut goes around. On the way up the block reads the
/// running tensor and a skip as one input, never concatenated.
/// </summary>
public sealed class ResnetBlock
{
    private readonly GroupNorm _norm1, _norm2;
    private readonly Conv2d _conv1, _conv2;
    private readonly Linear? _timeEmbProj;
    private readonly Conv2d? _convShortcut;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    /// <param name="w">the folder</param>
    /// <param name="inChannels">channels of x and skip together</param>
    /// <param name="outChannels">channels of the result; if they differ there is a <c>conv_shortcut</c></param>
    /// <param name="tembChannels">length of the time embedding, 0 in the autoencoder</param>
    /// <param name="groups">of both norms</param>
    /// <param name="eps">of both norms: 1e-5 in the U-Net, 1e-6 in the autoencoder</param>
    public ResnetBlock(WeightSource w, int inChannels, int outChannels, int tembChannels, int groups, float eps)
    {
        _path = w.Path;
        OutChannels = outChannels;
        _norm1 = new GroupNorm(w / "norm1", inChannels, groups, eps);
        _conv1 = new Conv2d(w / "conv1", inChannels, outChannels);
        _timeEmbProj = tembChannels == 0 ? null : new Linear(w / "time_emb_proj", tembChannels, outChannels);
        _norm2 = new GroupNorm(w / "norm2", outChannels, groups, eps);
        _conv2 = new Conv2d(w / "conv2", outChannels, outChannels);
        _convShortcut = inChannels == outChannels ? null : new Conv2d(w / "conv_shortcut", inChannels, outChannels, kernel: 1);
    }

    /// <summary>Channels of the result.</summary>
    public int OutChannels { get; }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="skip">[N,H,W,C2], its channels follow those of x</param>
    /// <param name="temb">[1,1,1,T] for all images or [N,1,1,T], already through SiLU; left out in the autoencoder</param>
    /// <param name="tap">takes or replaces the residual branch, before the shortcut is added</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[N,H,W,Cout]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? skip = null, Tensor? temb = null, IFeatureTap? tap = null, Tensor? into = null)
    {
        var y = into ?? d.Rent(x.Shape with { C = OutChannels }, x.Type);
        using var scope = d.Enter(_path);

        var shortcut = _convShortcut?.Forward(d, x, skip, into: y) ?? x;
        if (tap is null || !tap.Wants(_path)) return Branch(d, x, skip, temb, residual: shortcut, into: y);

        if (tap.Injected(_path) is not { Recorded: var branch })
        {
            branch = Branch(d, x, skip, temb);
            tap.Observe(_path, branch);
        }

        d.Kernels.Combine(y, 1, branch, 1, shortcut);
        return y;
    }

    /// <summary>
    /// The same for one large picture, a band of its rows at a time until the first convolution is done: the normalised input, which has
    /// the most channels, is never there whole. The norms' moments are those of the whole picture, and convolutions see the rows beside a
    /// band, so the result is that of <see cref="Forward"/> but for rounding. There is no time embedding.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="x">[1,H,W,C]</param>
    /// <param name="into">[1,H,W,Cout]; it may be x where that is kept and has as many channels</param>
    /// <param name="rows">rows of a band; one whose bands do not divide into runs of <see cref="ChannelMoments"/> is done whole</param>
    public void ForwardInBands(Device d, IPictureRows x, Tensor into, int rows)
    {
        using var scope = d.Enter(_path);
        if (rows >= x.Shape.H || !RowMoments.Exist(x.Shape, rows))
        {
            Forward(d, x.Read(d, 0, x.Shape.H), into: into);
            return;
        }

        bool isInPlace = x is KeptRows kept && kept.Whole.Overlaps(into);
        var h = d.Rent(into.Shape);
        using (d.Enter(_path))
        {
            var moments = RowMoments.Of(d, x, rows);
            foreach (var band in RowBand.Of(x.Shape.H, rows))
            {
                using var own = d.Enter(_path);
                var read = x.Read(d, band.From, band.Length);
                Tensor shortcut = read.Rows(band.Above, band.Count), place = into.Rows(band.First, band.Count);
                if (_convShortcut is not null) _convShortcut.Forward(d, shortcut, into: place);
                else if (!isInPlace) d.Kernels.Copy(place, shortcut);
                var made = _conv1.Forward(d, _norm1.Forward(d, read, activation: Activation.Silu, moments: moments));
                d.Kernels.Copy(h.Rows(band.First, band.Count), made.Rows(band.Above, band.Count));
            }
        }

        _norm2.Forward(d, h, activation: Activation.Silu, into: h);
        _conv2.Forward(d, h, residual: into, into: into);
    }

    private Tensor Branch(Device d, Tensor x, Tensor? skip, Tensor? temb, Tensor? residual = null, Tensor? into = null)
    {
        var h = d.Rent(x.Shape with { C = OutChannels }, x.Type);
        var moments = d.RentMoments(h.Shape);
        using (d.Enter(_path))
        {
            var time = _timeEmbProj?.Forward(d, temb!.Value);
            _conv1.Forward(d, _norm1.Forward(d, x, skip, Activation.Silu), perImage: time, into: h, moments: moments);
        }

        _norm2.Forward(d, h, activation: Activation.Silu, into: h, moments: moments);
        return _conv2.Forward(d, h, residual: residual, into: into);
    }
}
