namespace EvsNative.Layers;

/// <summary>
/// What does not stop a run and must be said: something is dropped, changed or assumed. People read the line, scripts find code and line
/// among the warnings of <c>--json</c>.
/// </summary>
/// <param name="Code">the kind</param>
/// <param name="Message">one line: what, where, and what to do about it</param>
public sealed record Notice(NoticeCode Code, string Message)
{
    /// <summary>One line: what, where, and what to do about it; nothing in it that cannot be shown.</summary>
    public string Message { get; } = InputText.Line(Message);

    /// <summary>The line.</summary>
    public override string ToString() => Message;
}
