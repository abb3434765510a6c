namespace EvsNative.Fuzz.Running;

/// <summary>A parser accepted what it promises to refuse, or gave what it promises never to give.</summary>
/// <param name="message">what</param>
#pragma warning disable CA1064 // nothing catches it but the judge
internal sealed class BrokenPromiseException(string message) : Exception(message)
#pragma warning restore CA1064
{
    /// <summary>Throws unless the promise is kept.</summary>
    public static void Unless(bool isKept, string message)
    {
        if (!isKept) throw new BrokenPromiseException(message);
    }
}
