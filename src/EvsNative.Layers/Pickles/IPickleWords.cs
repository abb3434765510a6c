namespace EvsNative.Layers.Pickles;

/// <summary>
/// The names that a pickle may say, and what comes of them. All that a pickle can do is what this answers; nothing is looked up anywhere
/// else. Each method throws an <see cref="InputException"/> made by the input for what it does not know.
/// </summary>
internal interface IPickleWords
{
    /// <summary>A class or function that is named.</summary>
    PickleName Find(string module, string name, PickleInput input);

    /// <summary>What a call gives.</summary>
    object? Call(PickleName name, PickleTuple arguments, PickleInput input);

    /// <summary>What a new object of a class is.</summary>
    object? New(PickleName name, PickleTuple arguments, PickleInput input);

    /// <summary>Gives an object its state.</summary>
    void Build(object? target, object? state, PickleInput input);

    /// <summary>What a persistent id stands for.</summary>
    object? Persistent(object? id, PickleInput input);
}
