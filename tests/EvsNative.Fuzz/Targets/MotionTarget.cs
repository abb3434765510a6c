using System.Text;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;

namespace EvsNative.Fuzz.Targets;

/// <summary>Motion modules as a file by itself, in diffusers' names and in the original's, with a dry run behind them.</summary>
internal sealed class MotionTarget() : FuzzTarget("motion", "a motion adapter as one file, its sizes told by its tensors", 700)
{
    private const string File = "motion.safetensors";
    private static readonly byte[] Diffusers = SmallModel.Of("motion_adapter/diffusion_pytorch_model.safetensors");
    private static readonly byte[] Original = Renamed();

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Whole => SmallModel.Files;

    /// <inheritdoc/>
    public override long UsualBytes => FuzzLimits.DryRunBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => Each(File, new[] { Diffusers, Original });

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) => [new(File, TensorNames.Change(dice, dice.Pick([Diffusers, Original])))];

    /// <inheritdoc/>
    public override void Read(string folder) => DryRun.Of(folder, Path.Combine(folder, File));

    /// <summary>The AnimateDiff repository's words for the same.</summary>
    private static byte[] Renamed()
    {
        int length = (int)BitConverter.ToInt64(Diffusers), start = SafetensorsSeeds.LengthBytes;
        string header = Encoding.UTF8.GetString(Diffusers, start, length)
            .Replace("\"down_", "\"module.down_", StringComparison.Ordinal).Replace("\"up_", "\"module.up_", StringComparison.Ordinal)
            .Replace(".norm1.", ".norms.0.", StringComparison.Ordinal).Replace(".norm2.", ".norms.1.", StringComparison.Ordinal)
            .Replace(".norm3.", ".ff_norm.", StringComparison.Ordinal).Replace(".attn1.", ".attention_blocks.0.", StringComparison.Ordinal)
            .Replace(".attn2.", ".attention_blocks.1.", StringComparison.Ordinal);
        byte[] json = Encoding.UTF8.GetBytes(header);
        return SafetensorsSeeds.File(json, Diffusers[(start + length)..], json.Length);
    }
}
