namespace EvsNative.Models;

/// <summary>A prompt for a range of frames.</summary>
/// <param name="First">the first frame, 0 for the clip's first</param>
/// <param name="Last">the last frame; null for the clip's last</param>
/// <param name="Text">the prompt</param>
/// <param name="Origin">where it stands, for messages: "prompts.txt: line 3"; null for one that was given alone</param>
public sealed record FramePrompt(int First, int? Last, string Text, string? Origin = null)
{
    /// <summary>The range as it is written: "0-7", "8-", "5".</summary>
    public string Range => Last == First ? $"{First}" : $"{First}-{Last}";

    /// <inheritdoc/>
    public override string ToString() => $"{Range}: {Text}";
}
