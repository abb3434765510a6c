using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Cuda;

/// <summary>
/// Which kinds of kernels the user lets devices use: EVSNATIVE_KERNELS is a list of their words. A kernel that is wrong on a card is left
/// out so, and the rest goes on. The portable ones are always used, since they take what no other kind can.
/// </summary>
internal static class KernelChoice
{
    private const string Variable = "EVSNATIVE_KERNELS";

    private static readonly (string Word, KernelKinds Kind)[] All =
        [("portable", KernelKinds.Portable), ("tensor", KernelKinds.Tensor)];

    /// <summary>The user's.</summary>
    /// <param name="variable">the environment's if absent</param>
    /// <exception cref="DeviceException">there is a word that is none of them</exception>
    public static KernelKinds OfUser(Func<string, string?>? variable = null)
    {
        string? named = (variable ?? Environment.GetEnvironmentVariable)(Variable);
        if (string.IsNullOrWhiteSpace(named)) return KernelKinds.All;
        var kinds = KernelKinds.Portable;
        foreach (string word in named.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (known, kind) = All.FirstOrDefault(one => one.Word.Equals(word, StringComparison.OrdinalIgnoreCase));
            if (known is null)
            {
                string words = string.Join(" or ", All.Select(one => $"'{one.Word}'"));
                throw new DeviceException($"{Variable} names '{word}', which is no kind of kernels: "
                    + $"list {words}, with commas between, or leave {Variable} unset");
            }

            kinds |= kind;
        }

        return kinds;
    }

    /// <summary>What a device could use and may not, in words for its line; null where nothing is switched off.</summary>
    public static string? Remark(GpuCaps caps) =>
        caps.TensorCores == (caps with { Kernels = KernelKinds.All }).TensorCores ? null : $"no tensor cores: {Variable} leaves them out";
}
