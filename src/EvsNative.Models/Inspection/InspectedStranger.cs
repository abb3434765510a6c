using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Files that hold no tensors that can be read: each is named for what it is.</summary>
internal static class InspectedStranger
{
    private const string Clip = "a clip: evsnative refine ";

    /// <summary>Whether an error says what a file is, and not that it cannot be read or is damaged.</summary>
    public static bool IsOne(InputException e) => e.Code is InputCode.WrongKind or InputCode.Unsafe or InputCode.Unsupported;

    /// <summary>The file.</summary>
    /// <param name="path">where it is</param>
    /// <param name="refusal">what the readers of weights say of it</param>
    public static Inspection Of(string path, InputException refusal)
    {
        using var file = OrdinaryFile.Open(path);
        long length = RandomAccess.GetLength(file);
        byte[] start = new byte[Math.Min(length, FileKinds.StartBytes)];
        int read = RandomAccess.Read(file, start, 0);
        var kind = FileKinds.Of(start.AsSpan(0, read), length);
        bool isClip = kind is FileKind.Video or FileKind.Gif or FileKind.WebP;
        string name = refusal.Code == InputCode.Unsafe ? "a pickle that asks for code to be run" : FileKinds.Name(kind);
        return new(path, name, InspectionWords.Of(kind))
        {
            Bytes = length,
            IsUsable = isClip,
            Use = isClip ? Clip + path : "no weights that can be read",
            Fault = isClip ? null : Fault(refusal),
        };
    }

    /// <summary>Whether a file may be somebody's weights, which are known by their hashes.</summary>
    public static bool MayBeWeights(Inspection found) =>
        found.Kind is not ("plain-text" or "json" or "html-page" or "git-lfs-pointer") && !found.IsUsable;

    /// <summary>An error as a part of an answer.</summary>
    public static InspectedFault Fault(InputException e) => new(e.Code.Word(), e.Message, e.Details);
}
