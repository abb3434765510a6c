namespace EvsNative.Layers;

/// <summary>
/// Something the user gave cannot be used. The message is one line: what is wrong, where, what to do. Details are further lines, such as
/// the names of missing tensors. Each is shortened to a line that can be shown. The command line prints both and exits with 2.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>One line of a kind, with further lines where a list helps.</summary>
    public InputException(InputCode code, string message, IReadOnlyList<string>? details = null, Exception? cause = null)
        : base(InputText.Line(message), cause) => (Code, Details) = (code, [.. (details ?? []).Select(InputText.Line)]);

    /// <summary>The kind, for programs and tests.</summary>
    public InputCode Code { get; }

    /// <summary>Further lines, often names.</summary>
    public IReadOnlyList<string> Details { get; }

    /// <summary>The same with its place before it.</summary>
    /// <param name="where">a file, for example</param>
    public InputException At(string where) => new(Code, $"{where}: {Message}", Details, this);
}
