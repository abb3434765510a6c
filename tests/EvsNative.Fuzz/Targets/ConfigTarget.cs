using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;

namespace EvsNative.Fuzz.Targets;

/// <summary>The configurations of all networks, the schedule and the index, with a dry run behind them.</summary>
internal sealed class ConfigTarget() : FuzzTarget("config", "config.json of each network, the schedule, model_index.json", 1200)
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
        string name = dice.Pick(SmallModel.Configs);
        return [new(name, JsonMutation.Change(dice, SmallModel.Of(name)))];
    }

    /// <inheritdoc/>
    public override void Read(string folder) => DryRun.Of(folder);
}
