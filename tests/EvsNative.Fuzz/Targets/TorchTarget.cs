using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Layers;

namespace EvsNative.Fuzz.Targets;

/// <summary>PyTorch's files in both of their layouts, changed anywhere.</summary>
internal sealed class TorchTarget() : FuzzTarget("torch", "a PyTorch file: archive or row of pickles, all tensors of which are read", 4000)
{
    private const string File = "model.pt";
    private const long MostRead = 1 << 16;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => Each(File, TorchSeeds.Files);

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) =>
        [new(File, ByteMutation.Change(dice, dice.Pick(TorchSeeds.Files), dice.Pick(TorchSeeds.Files)))];

    /// <inheritdoc/>
    public override void Read(string folder) => ReadAll(Path.Combine(folder, File));

    /// <summary>Opens a file and reads all tensors that do not repeat their numbers beyond use.</summary>
    public static void ReadAll(string path)
    {
        long length = new FileInfo(path).Length, bytes = 0;
        using var file = TensorFile.Open(path);
        foreach (var tensor in file.Tensors.Values)
        {
            bytes += tensor.Bytes;
            if (tensor.Count > MostRead) continue;
            BrokenPromiseException.Unless(tensor.Count >= 0 && tensor.Shape.All(side => side >= 0), "a negative size");
            try
            {
                file.ReadStored(tensor.Name, new byte[tensor.Bytes]);
                BrokenPromiseException.Unless(file.Values(tensor.Name).Length == tensor.Count, "not all numbers of a tensor");
            }
            catch (InputException refusal)
            {
                // Numbers that are no weights, or a checksum: the list of tensors is whole nevertheless.
                BrokenPromiseException.Unless(Judge.Of(refusal).Kind == VerdictKind.Refused, refusal.Message);
            }
        }

        long most = (InputLimits.ViewFactor * length) + InputLimits.ViewBytes;
        BrokenPromiseException.Unless(file.Format == "safetensors" || bytes <= most, $"tensors of {bytes} bytes in a file of {length}");
    }
}
