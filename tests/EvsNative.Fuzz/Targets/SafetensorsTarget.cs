using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Layers;

namespace EvsNative.Fuzz.Targets;

/// <summary>A safetensors file: its header, and all its tensors.</summary>
internal sealed class SafetensorsTarget() : FuzzTarget("safetensors", "a file of tensors, all of which are read", 6000)
{
    private const string File = "model.safetensors";

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => Each(File, SafetensorsSeeds.All);

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) =>
        [new(File, SafetensorsMutation.Change(dice, dice.Pick(SafetensorsSeeds.All)))];

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        string path = Path.Combine(folder, File);
        long most = new FileInfo(path).Length;
        using var file = SafetensorsFile.Open(path);
        foreach (var tensor in file.Tensors.Values)
        {
            BrokenPromiseException.Unless(tensor.Count <= most, $"a tensor of {tensor.Count} numbers in a file of {most} bytes");
            try
            {
                BrokenPromiseException.Unless(file.Values(tensor.Name).Length == tensor.Count, "not all numbers of a tensor");
            }
            catch (InputException refusal) when (refusal.Code == InputCode.Unsupported)
            {
                // Numbers that are no weights: the file is whole nevertheless.
                BrokenPromiseException.Unless(Judge.Of(refusal).Kind == VerdictKind.Refused, refusal.Message);
            }
        }
    }
}
