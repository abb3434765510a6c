using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// What the tensors of a file tell of the motion modules in it. AnimateDiff v1, v2 and v3 differ in the middle block and in the rows of
/// their tables of positions, AnimateLCM's own file has no such tables; Lightning and what others have trained look like one of these.
/// Relatives that want more than this engine gives are told by a word in their names.
/// </summary>
internal sealed class MotionContent
{
    private const int InputsOfPia = 9, InputsOfInpainting = 9, RowsOfV1 = 24, RowsOfV3 = 32;

    /// <summary>A word that only this relative's names have, and whether it tells without motion modules beside it.</summary>
    private static readonly (string Word, CheckpointKind Kind, CheckpointFamily Family, bool IsEnough)[] Relatives =
    [
        ("temporal_attentions.", CheckpointKind.MotionAdapter, CheckpointFamily.HotshotXl, true),
        ("pos_encoder.positional_encoding", CheckpointKind.MotionAdapter, CheckpointFamily.HotshotXl, true),
        ("encoder_down_conv_blocks.", CheckpointKind.MotionAdapter, CheckpointFamily.CameraCtrl, true),
        ("qkv_merge.", CheckpointKind.MotionAdapter, CheckpointFamily.CameraCtrl, false),
        ("cc_projection.", CheckpointKind.MotionAdapter, CheckpointFamily.MotionCtrl, false),
        ("img_encoder.", CheckpointKind.MotionAdapter, CheckpointFamily.AnimateLcmI2V, false),
        ("fps_embedding.", CheckpointKind.MotionAdapter, CheckpointFamily.FancyVideo, false),
        ("motion_embedding.", CheckpointKind.MotionAdapter, CheckpointFamily.FancyVideo, false),
        ("controlnet_", CheckpointKind.ControlNet, CheckpointFamily.SparseCtrl, false),
    ];

    private static readonly long[] WidthsOfSdxl = [320, 640, 1280];

    private readonly IWeightFile _file;
    private readonly string[] _own;

    private MotionContent(IWeightFile file, string[] own)
    {
        (_file, _own) = (file, own);
        Prefixes = [.. own.Select(name => name[..MotionTensorNames.BlockOf(name)!.Value]).Distinct().Order(StringComparer.Ordinal)];
        IsOriginal = own.Any(MotionTensorNames.IsOriginal);
        Rows = own.Where(ComputedTables.IsOfFrames).Select(name => file.FindShape(name, []))
            .Min(shape => shape is { Count: 2 or 3 } ? shape[^2] : null as long?);
    }

    /// <summary>What stands before the blocks: one for each set of motion modules in the file, nearly always one.</summary>
    public IReadOnlyList<string> Prefixes { get; }

    /// <summary>True for the words of the original AnimateDiff.</summary>
    public bool IsOriginal { get; }

    /// <summary>Rows of the shortest table of positions, the frames that the modules take; null if the file has no tables.</summary>
    public long? Rows { get; }

    /// <summary>Names of tensors that belong to no motion module.</summary>
    public IEnumerable<string> Others => _file.Names.Where(name => MotionTensorNames.BlockOf(name) is null);

    /// <summary>The motion modules of a file; null if it has none that lie in blocks as AnimateDiff's do.</summary>
    public static MotionContent? Of(IWeightFile file)
    {
        string[] own = [.. file.Names.Where(name => MotionTensorNames.BlockOf(name) is not null)];
        return own.Length == 0 ? null : new MotionContent(file, own);
    }

    /// <summary>
    /// What a file of motion modules or of a relative is; null for others. Low-rank changes of them have to be told before.
    /// </summary>
    public static CheckpointFacts? Recognize(IWeightFile file)
    {
        var content = Of(file);
        foreach (var (word, kind, family, isEnough) in Relatives)
        {
            if (!isEnough && content is null) continue;
            if (file.Names.Any(name => name.Contains(word, StringComparison.Ordinal))) return new(kind) { Family = family };
        }

        return content?.Facts();
    }

    /// <summary>A way down of three levels is SDXL's.</summary>
    private bool IsOfSdxl => Enumerable.Range(0, WidthsOfSdxl.Length + 1).Select(Width).SequenceEqual([.. WidthsOfSdxl, null]);

    private CheckpointFacts Facts()
    {
        bool hasMiddle = HasBlock("mid_block."), isWhole = HasBlock("down_blocks.") && HasBlock("up_blocks.");
        bool isUNet = _file.Names.Any(name => name.StartsWith(Prefixes[0] + "time_embedding.", StringComparison.Ordinal));
        long inputs = _file.FindShape(Prefixes[0] + "conv_in.weight", []) is { Count: 4 } shape ? shape[1] : 0;
        return new(isUNet ? CheckpointKind.VideoUNet : CheckpointKind.MotionAdapter)
        {
            Layout = IsOriginal ? CheckpointLayout.AnimateDiffOriginal : CheckpointLayout.Diffusers,
            Family = IsOfSdxl ? CheckpointFamily.AnimateDiffXl
                : inputs == InputsOfPia && !isUNet ? CheckpointFamily.Pia
                : isWhole && !hasMiddle ? CheckpointFamily.AnimateDiff
                : isWhole && IsOriginal && Rows is null ? CheckpointFamily.AnimateLcm
                : CheckpointFamily.Unknown,
            Version = !isWhole ? null : hasMiddle ? 2 : Rows == RowsOfV1 ? 1 : Rows == RowsOfV3 ? 3 : null,
            Variant = isUNet && inputs == InputsOfInpainting ? CheckpointVariant.Inpainting : CheckpointVariant.None,
        };
    }

    private bool HasBlock(string word) =>
        _own.Any(name => name.AsSpan(MotionTensorNames.BlockOf(name)!.Value).StartsWith(word, StringComparison.Ordinal));

    /// <summary>Channels of a level, by the norm of its first module.</summary>
    private long? Width(int level)
    {
        string module = string.Create(CultureInfo.InvariantCulture, $"{Prefixes[0]}down_blocks.{level}.motion_modules.0.");
        var shape = _file.FindShape($"{module}norm.weight", []) ?? _file.FindShape($"{module}temporal_transformer.norm.weight", []);
        return shape is { Count: 1 } ? shape[0] : null;
    }
}
