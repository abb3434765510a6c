namespace EvsNative.Layers;

/// <summary>
/// Something the user gave cannot be used. The message is one line: what is wrong, where, what to do. Details are further lines, such as the
/// names of missing tensors. The command line prints both and exits with 2.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>One line, with further lines where a list helps.</summary>
    public InputException(string message, IReadOnlyList<string>? details = null, Exception? cause = null) : base(message, cause) => Details = details ?? [];

    /// <summary>Further lines, often names.</summary>
    public IReadOnlyList<string> Details { get; }
}
