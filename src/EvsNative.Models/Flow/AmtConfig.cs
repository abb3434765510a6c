namespace EvsNative.Models;

/// <summary>The sizes of AMT, a network that makes the frame between two (Li et al., CVPR 2023).</summary>
/// <param name="Channels">of the pictures' features at a half, a quarter, an eighth and a sixteenth of their size</param>
/// <param name="Side">last channels that a decoder's side convolutions see alone</param>
/// <param name="Flows">pairs of flows of the finest level: as many pictures are made and then combined</param>
/// <param name="Radius">places looked up around the one a flow points to, in each direction</param>
/// <param name="Levels">of the features that are looked up, each half as large as the one before</param>
/// <param name="Matched">channels of these features</param>
/// <param name="Hidden">channels within an update</param>
/// <param name="FlowChannels">that an update makes of a flow</param>
/// <param name="CorrelationChannels">that it makes of what was looked up</param>
/// <param name="SeenChannels">that it makes of both together</param>
public sealed record AmtConfig(
    IReadOnlyList<int> Channels,
    int Side,
    int Flows,
    int Radius,
    int Levels,
    int Matched,
    int Hidden,
    int FlowChannels,
    int CorrelationChannels,
    int SeenChannels)
{
    /// <summary>Both sides of a picture are multiples of this.</summary>
    public const int Multiple = 16;

    /// <summary>No side of a picture is smaller: the smallest level that is looked up has two by two places at least.</summary>
    public const int SmallestSide = 128;

    /// <summary>The small one, 2 990 543 parameters.</summary>
    public static AmtConfig AmtS { get; } = new(
        [20, 32, 44, 56], Side: 20, Flows: 3, Radius: 3, Levels: 4, Matched: 84, Hidden: 76, FlowChannels: 20, CorrelationChannels: 64,
        SeenChannels: 68);

    /// <summary>Channels of a look-up from one picture to the other.</summary>
    internal int Looked => Levels * ((2 * Radius) + 1) * ((2 * Radius) + 1);
}
