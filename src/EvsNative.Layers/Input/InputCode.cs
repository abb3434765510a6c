namespace EvsNative.Layers;

/// <summary>
/// The kind of an <see cref="InputException"/>, for programs: sentences get better, codes stay. Scripts see them in kebab case, as
/// <c>out-of-range</c>.
/// </summary>
public enum InputCode
{
    /// <summary>There is no such file or folder.</summary>
    NotFound,

    /// <summary>It is there and cannot be read: permissions, a failing disk.</summary>
    Unreadable,

    /// <summary>An output cannot be written where it was asked for.</summary>
    NotWritable,

    /// <summary>An output's place is taken.</summary>
    Exists,

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary>A file or folder of another kind than the one that is needed.</summary>
    WrongKind,

    /// <summary>A file that breaks the rules of its own format, or was cut off.</summary>
    Damaged,

    /// <summary>A whole of which parts are missing: files of a model, tensors of a network.</summary>
    Incomplete,

    /// <summary>Two things that do not belong together.</summary>
    Mismatch,

    /// <summary>Something known that this engine does not compute.</summary>
    Unsupported,

    /// <summary>A word that a setting does not know, or an option that no command has.</summary>
    UnknownWord,

    /// <summary>A number outside its range.</summary>
    OutOfRange,

    /// <summary>Settings that contradict each other.</summary>
    Conflict,

    /// <summary>Something that must be said was not.</summary>
    NotGiven,

    /// <summary>More frames, pixels or bytes than can be worked on.</summary>
    TooLarge,

    /// <summary>Numbers that are NaN or infinite.</summary>
    NotFinite,

    /// <summary>A program that is needed is not there, or not usable.</summary>
    NoTool,

    /// <summary>A program that was started failed.</summary>
    ToolFailed,

    /// <summary>A file asks for code to be run, which is never done.</summary>
    Unsafe,

    /// <summary>A server cannot be reached, or does not keep its word.</summary>
    Network,

    /// <summary>A server wants to know who asks, or refuses who does.</summary>
    NoAccess,

    /// <summary>A licence that limits what may be done with a model was not accepted.</summary>
    NotAccepted,
}
