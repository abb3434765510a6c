using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Kernels.Cuda;

namespace EvsNative.Fuzz.Targets;

/// <summary>The files in which machine code of kernels is kept: what is not whole is not there.</summary>
internal sealed class CacheTarget() : FuzzTarget("cache", "kept machine code of kernels", 2000)
{
    private static readonly byte[] Key = new byte[32], Code = new Dice(1).Bytes(300);
    private static readonly FuzzFile Kept = Make();

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => [[Kept]];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) => [Kept with { Bytes = ByteMutation.Change(dice, Kept.Bytes) }];

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        byte[]? code = new KernelCache(folder).TryRead(Key);
        bool isWhole = File.ReadAllBytes(Path.Combine(folder, Kept.Name)).AsSpan().SequenceEqual(Kept.Bytes);
        string broken = isWhole ? "whole code is not found" : "damaged code is taken for whole";
        BrokenPromiseException.Unless((code is not null) == isWhole, broken);
    }

    private static FuzzFile Make()
    {
        string folder = Directory.CreateTempSubdirectory("evsnative-fuzz-").FullName;
        new KernelCache(folder).Write(Key, Code);
        string path = Directory.GetFiles(folder).Single();
        var kept = new FuzzFile(Path.GetFileName(path), File.ReadAllBytes(path));
        Directory.Delete(folder, recursive: true);
        return kept;
    }
}
