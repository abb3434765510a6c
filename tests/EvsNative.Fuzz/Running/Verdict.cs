namespace EvsNative.Fuzz.Running;

/// <summary>What became of a case.</summary>
internal enum VerdictKind
{
    /// <summary>Read without complaint.</summary>
    Accepted,

    /// <summary>Refused in one clear line.</summary>
    Refused,

    /// <summary>Anything else.</summary>
    Finding,
}

/// <summary>What became of a case, and of a finding what it was.</summary>
/// <param name="Kind">accepted, refused or a finding</param>
/// <param name="What">the exception, or the rule that was broken; findings with the same word are one</param>
/// <param name="Text">the message</param>
internal readonly record struct Verdict(VerdictKind Kind, string What = "", string Text = "");
