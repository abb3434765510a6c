using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>One line of the table: an operation on a shape of the real networks, ours and the peers'.</summary>
/// <param name="Group">what it is summed up with</param>
/// <param name="Name">what is printed</param>
/// <param name="Prepare">makes weights and inputs on a device, in the scope that is open, and gives the call that is timed</param>
/// <param name="Request">the same for peers, in the words of bench/peers/README.md</param>
internal sealed record Case(string Group, string Name, Func<Device, Action> Prepare, Dictionary<string, object> Request)
{
    /// <summary>As it is printed.</summary>
    public string Line => $"{Group}: {Name}";

    /// <summary>A whole network: larger than any cache, and prepared once.</summary>
    public bool IsNetwork { get; init; }

    /// <summary>The same as <see cref="Prepare"/> with its results, where peers can compute them; else null.</summary>
    public Func<Device, Prepared>? PrepareBeside { get; init; }

    /// <summary>A case that peers can compute too.</summary>
    public static Case Beside(string group, string name, Func<Device, Prepared> prepare, Dictionary<string, object> request) =>
        new(group, name, d => prepare(d).Run, request) { PrepareBeside = prepare };
}
