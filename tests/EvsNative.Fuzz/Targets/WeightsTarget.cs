using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;

namespace EvsNative.Fuzz.Targets;

/// <summary>The weights of all networks under other names and of other shapes, with a dry run behind them.</summary>
internal sealed class WeightsTarget() : FuzzTarget("weights", "tensors of each network, renamed, reshaped, lost", 700)
{
    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Whole => SmallModel.Files;

    /// <inheritdoc/>
    public override long UsualBytes => FuzzLimits.DryRunBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => [[]];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        string name = dice.Pick(SmallModel.Weights);
        return [new(name, TensorNames.Change(dice, SmallModel.Of(name)))];
    }

    /// <inheritdoc/>
    public override void Read(string folder) => DryRun.Of(folder);
}
