using System.Globalization;

namespace EvsNative.Kernels;

/// <summary>What a user asks to run on.</summary>
/// <param name="Backend">the kind of device; the best that works if absent</param>
/// <param name="Index">which of its kind</param>
public sealed record DeviceWish(Backend? Backend = null, int Index = 0)
{
    /// <summary>What <see cref="Parse"/> understands.</summary>
    public const string Words = "auto, cpu, cuda, opencl, or with a number as in cuda:1 and opencl:0";

    /// <summary>The best device that works.</summary>
    public static DeviceWish Auto { get; } = new();

    /// <summary>Understands a word; null if it is none.</summary>
    public static DeviceWish? Parse(string word)
    {
        string[] parts = word.ToLowerInvariant().Split(':');
        int index = 0;
        if (parts.Length > 2) return null;
        if (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)) return null;
        return (parts[0], parts.Length) switch
        {
            ("auto", 1) => Auto,
            ("cpu", 1) => new DeviceWish(Kernels.Backend.Cpu),
            ("cuda", _) => new DeviceWish(Kernels.Backend.Cuda, index),
            ("opencl", _) => new DeviceWish(Kernels.Backend.OpenCL, index),
            _ => null,
        };
    }

    /// <summary>The word.</summary>
    public override string ToString() => Backend switch
    {
        null => "auto",
        Kernels.Backend.Cpu => "cpu",
        { } backend => $"{backend.ToString().ToLowerInvariant()}:{Index}",
    };
}
