using EvsNative.Kernels.Cards;

namespace EvsNative.Pipelines.Settings;

/// <summary>What a plan is made for where there is no clip, or no device.</summary>
public static class PlanSettings
{
    /// <summary>Frames unless given.</summary>
    internal const int UsualFrames = 16;

    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("without a clip or a device", isTold: false);

    /// <summary>The size that the networks see.</summary>
    public static Setting<FrameSize> Size { get; } = Group.Add(new Setting<FrameSize>(
        "size", Wordings.Size, "width x height for the networks, as 1024x640")
    {
        IsCommon = true,
        Example = "64x64",
        Between = new SettingRange(8, 16384),
    });

    /// <summary>A card that need not be there.</summary>
    public static Setting<GpuCard> On { get; } = Group.Add(new Setting<GpuCard>(
        "on", Wordings.OneOf([.. GpuCards.All.Select(card => (card.Word, card))]), "predict the time on a card")
    {
        IsCommon = true,
        Example = "h100",
    });
}
