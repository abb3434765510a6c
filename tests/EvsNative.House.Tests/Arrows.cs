namespace EvsNative.House.Tests;

/// <summary>A use of a folder's type in another folder.</summary>
/// <param name="From">the folder that uses</param>
/// <param name="To">the folder of the type</param>
/// <param name="Type">the type's name</param>
/// <param name="Place">file and line of the use</param>
internal sealed record Arrow(string From, string To, string Type, string Place);

/// <summary>Who uses whom among the folders of src.</summary>
internal static class Arrows
{
    /// <summary>Every use of another folder's types.</summary>
    public static IReadOnlyList<Arrow> Between(IReadOnlyCollection<SourceFile> files)
    {
        var spaces = files.SelectMany(file => file.Namespace.Split('.')).ToHashSet();
        var declared = files.SelectMany(file => file.Types.Select(type => (Type: type, File: file)))
            .ToLookup(found => found.Type, found => found.File);
        return
        [
            .. from file in files
               from use in file.Uses(spaces)
               let owner = declared[use.Name].Where(owner => Sees(file, use.Space, owner)).MaxBy(owner => Nearness(file, owner))
               where owner is not null && owner.Folder != file.Folder
               select new Arrow(file.Folder, owner.Folder, use.Name, $"{file.Path}:{use.Line}"),
        ];
    }

    /// <summary>
    /// As C# finds names: in the namespace that is said, else in the file's own, in those around it and in those it uses.
    /// </summary>
    private static bool Sees(SourceFile file, string said, SourceFile owner) =>
        said.Length > 0 ? $".{owner.Namespace}".EndsWith($".{said}", StringComparison.Ordinal)
        : $"{file.Namespace}.".StartsWith($"{owner.Namespace}.", StringComparison.Ordinal) || file.Usings.Contains(owner.Namespace);

    /// <summary>Of several types the one in the nearest namespace counts.</summary>
    private static int Nearness(SourceFile file, SourceFile owner) =>
        $"{file.Namespace}.".StartsWith($"{owner.Namespace}.", StringComparison.Ordinal)
            ? owner.Namespace.Length + (owner.Folder == file.Folder ? 1 : 0)
            : 0;
}
