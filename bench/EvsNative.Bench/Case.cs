using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>One line of the table: an operation on a shape of the real networks, ours and the peer's.</summary>
/// <param name="Group">what it is summed up with</param>
/// <param name="Name">what is printed</param>
/// <param name="Prepare">makes weights and inputs on a device, in the scope that is open, and gives the call that is timed</param>
/// <param name="Request">the same for the peer, in the words of bench/peers/torch_peer.py</param>
internal sealed record Case(string Group, string Name, Func<Device, Action> Prepare, Dictionary<string, object> Request)
{
    /// <summary>As it is printed.</summary>
    public string Line => $"{Group}: {Name}";

    /// <summary>A whole network: larger than any cache, and prepared once.</summary>
    public bool IsNetwork { get; init; }
}
