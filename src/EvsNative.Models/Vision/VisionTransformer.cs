using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// A vision transformer (ViT) as DINO trained it: pictures to class tokens, whose direction says what is seen. Patches in rows, behind the
/// class token; positions are resized for pictures of other sizes than those of the training. Pictures are worked on in groups that fit a
/// budget, which changes no value. Source: facebookresearch/dino, vision_transformer.py.
/// </summary>
public sealed class VisionTransformer
{
    /// <summary>The epsilon of every norm of DINO.</summary>
    private const float NormEps = 1e-6f;

    private readonly PatchConvolution _patchEmbed;
    private readonly Tensor _clsToken, _posEmbed;
    private readonly EncoderLayer[] _blocks;
    private readonly LayerNorm _norm;
    private readonly long _budgetBytes;
    private (int Rows, int Columns, bool IsSquare) _tableOf;
    private float[] _table = [];

    /// <summary>Reads a network without its training's head.</summary>
    /// <param name="w">the folder of the network</param>
    /// <param name="config">sizes</param>
    /// <param name="budgetBytes">bytes of the largest activation of a group of pictures; a group has one picture at least</param>
    public VisionTransformer(WeightSource w, VisionTransformerConfig config, long budgetBytes = PictureGroups.DefaultBudgetBytes)
    {
        (Config, _budgetBytes) = (config, budgetBytes);
        int stored = 1 + (config.Grid * config.Grid);
        _patchEmbed = new PatchConvolution(
            w / "patch_embed.proj", 3, config.Dim, new PatchGeometry(config.Patch, config.Patch, config.Patch));
        _clsToken = w.Numbers("cls_token", Shape.Vector(config.Dim), 1, 1, config.Dim);
        _posEmbed = w.Numbers("pos_embed", new Shape(1, 1, stored, config.Dim), 1, stored, config.Dim);
        _blocks = [.. Enumerable.Range(0, config.Depth).Select(i => new EncoderLayer(
            w / "blocks" / i.ToString(CultureInfo.InvariantCulture),
            EncoderLayerNames.Timm, config.Dim, config.Heads, Inner, Activation.Gelu, NormEps))];
        _norm = new LayerNorm(w / "norm", config.Dim, NormEps);
    }

    /// <summary>Sizes.</summary>
    public VisionTransformerConfig Config { get; }

    private int Inner => 4 * Config.Dim;

    /// <summary>Class tokens behind the last norm, not of unit length.</summary>
    /// <param name="d">the device</param>
    /// <param name="pictures">
    /// [N,H,W,3], normalised as in the training; pixels right of and below the last whole patch are not seen
    /// </param>
    /// <param name="into">where to write; rented if absent</param>
    /// <param name="tap">is offered <c>blocks.0</c> and so on, the tokens behind each block, for each group</param>
    /// <returns>[N,1,1,Dim]</returns>
    /// <exception cref="InputException">the pictures are smaller than a patch</exception>
    public Tensor Forward(Device d, Tensor pictures, Tensor? into = null, IFeatureTap? tap = null)
    {
        var s = pictures.Shape;
        int rows = s.H / Config.Patch, columns = s.W / Config.Patch;
        if (rows == 0 || columns == 0)
        {
            throw new InputException(
                InputCode.OutOfRange, $"pictures of {s.W} x {s.H} are smaller than a patch of {Config.Patch} x {Config.Patch}");
        }

        var y = into ?? d.Rent(new Shape(s.N, 1, 1, Config.Dim));
        using var scope = d.Enter("vit");

        int tokens = 1 + (rows * columns);
        var table = d.Upload(Table(d, rows, columns, s.H == s.W), new Shape(1, tokens, 1, Config.Dim));
        foreach (var (first, count) in PictureGroups.Of(s.N, (long)tokens * Inner, _budgetBytes))
        {
            using var group = d.Enter("vit");
            var h = d.Rent(new Shape(count, 1, tokens, Config.Dim));
            for (int n = 0; n < count; n++) Embed(d, pictures.Images(first + n, 1), table, h.Images(n, 1).As(table.Shape), (rows, columns));
            for (int i = 0; i < _blocks.Length; i++)
            {
                _blocks[i].Update(d, h);
                tap?.Observe($"blocks.{i}", h);
            }

            var classes = d.Rent(new Shape(count, 1, 1, Config.Dim));
            for (int n = 0; n < count; n++) d.Kernels.Copy(classes.Images(n, 1), h.Images(n, 1).As(table.Shape).Rows(0, 1));
            _norm.Forward(d, classes, into: y.Images(first, count));
        }

        return y;
    }

    /// <summary>The positions of a picture's tokens, [tokens,Dim], that of the class token first.</summary>
    /// <param name="d">the device</param>
    /// <param name="rows">of patches</param>
    /// <param name="columns">of patches</param>
    /// <param name="isSquare">the picture is as high as it is wide</param>
    internal float[] Positions(Device d, int rows, int columns, bool isSquare)
    {
        float[] stored = d.Download(_posEmbed);
        // The original asks for the picture, not for the patches: 224 x 230 has 14 x 14 patches and resized positions.
        if (isSquare && rows == Config.Grid) return stored;
        float[] resized = PositionTable.Resize(stored.AsSpan(Config.Dim), Config.Grid, rows, columns);
        return [.. stored.AsSpan(0, Config.Dim), .. resized];
    }

    /// <summary>The positions, with the class token itself in the first row; made once for pictures of one size.</summary>
    private float[] Table(Device d, int rows, int columns, bool isSquare)
    {
        if (_tableOf == (rows, columns, isSquare)) return _table;
        float[] token = d.Download(_clsToken);
        (_tableOf, _table) = ((rows, columns, isSquare), Positions(d, rows, columns, isSquare));
        for (int c = 0; c < token.Length; c++) _table[c] += token[c];
        return _table;
    }

    private void Embed(Device d, Tensor picture, Tensor table, Tensor h, (int Rows, int Columns) grid)
    {
        var patches = new Shape(1, grid.Rows, grid.Columns, Config.Dim);
        int count = grid.Rows * grid.Columns;
        d.Kernels.Copy(h.Rows(0, 1), table.Rows(0, 1));
        _patchEmbed.Forward(d, picture, residual: table.Rows(1, count).As(patches), into: h.Rows(1, count).As(patches));
    }
}
