using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Testing;

namespace EvsNative.Fuzz.Targets;

/// <summary>The pickle of a PyTorch file, in containers that are right.</summary>
internal sealed class PickleTarget() : FuzzTarget("pickle", "the pickle of a PyTorch file, in a container that is right", 4000)
{
    private const string File = "model.pt";

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => Each(File, TorchSeeds.Files);

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        if (dice.OneIn(4))
        {
            var (old, counted) = dice.Pick(TorchSeeds.LegacyPickles);
            return [new(File, TorchFiles.Legacy(PickleMutation.Change(dice, old, dice.Pick(TorchSeeds.LegacyPickles).Pickle), counted))];
        }

        var (pickle, storages) = dice.Pick(TorchSeeds.Pickles);
        return [new(File, TorchFiles.Zip(PickleMutation.Change(dice, pickle, dice.Pick(TorchSeeds.Pickles).Pickle), storages))];
    }

    /// <inheritdoc/>
    public override void Read(string folder) => TorchTarget.ReadAll(Path.Combine(folder, File));
}
