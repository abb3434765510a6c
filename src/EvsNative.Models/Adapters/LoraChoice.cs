namespace EvsNative.Models;

/// <summary>A LoRA that was asked for, and how strongly it is to be merged.</summary>
/// <param name="Path">a file, or what a hub's cache knows by this name</param>
/// <param name="Strength">factor of its changes to U-Net and motion modules; 1 as it was trained, may be negative</param>
/// <param name="TextStrength">factor of its changes to the text encoder; that of the U-Net if absent</param>
public sealed record LoraChoice(string Path, double Strength = 1, double? TextStrength = null);
