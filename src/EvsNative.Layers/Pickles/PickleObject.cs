namespace EvsNative.Layers.Pickles;

/// <summary>An object of a class that is read as the dictionary in its state.</summary>
internal sealed class PickleObject : PickleDictionary;
