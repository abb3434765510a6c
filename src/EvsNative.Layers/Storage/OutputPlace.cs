namespace EvsNative.Layers;

/// <summary>Where an output goes: as its user said it, and what that leads to. Of a link it is the target that is written.</summary>
internal sealed class OutputPlace
{
    private OutputPlace(string said, string target) => (Said, Target) = (said, target);

    /// <summary>As messages name it.</summary>
    public string Said { get; }

    /// <summary>Full path without links.</summary>
    public string Target { get; }

    /// <summary>The folder that it lies in.</summary>
    public string Folder => Path.GetDirectoryName(Target) ?? Target;

    /// <summary>Its name there.</summary>
    public string Name => Path.GetFileName(Target);

    /// <summary>That of a file or a folder.</summary>
    /// <exception cref="InputException">a link that leads nowhere, the root of a disk, a name that is too long</exception>
    public static OutputPlace Of(string path)
    {
        var place = new OutputPlace(path, RealPath.Of(path));
        if (place.Name.Length == 0)
            throw new InputException(InputCode.WrongKind, $"cannot replace {path}: it is the root of a disk: give a new name");
        if (new FileInfo(place.Target).LinkTarget is { } nowhere)
        {
            throw new InputException(
                InputCode.NotWritable,
                $"cannot write {path}: it is a link to {InputText.Name(nowhere)}, which is not there: delete it or give another name");
        }

        try
        {
            _ = File.GetAttributes(place.Target);
        }
        catch (PathTooLongException e)
        {
            throw StorageFault.Writing(e, path);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // Free, or not to be seen: whoever writes there finds out.
        }

        return place;
    }

    /// <summary>The same place under another name: "out-2", "out-2.mp4".</summary>
    /// <param name="number">the number</param>
    /// <param name="hasEnding">whether what stands behind the last dot is an ending</param>
    public OutputPlace Numbered(int number, bool hasEnding)
    {
        string ending = hasEnding ? Path.GetExtension(Name) : "";
        string name = NameLength.Fit(Name[..^ending.Length], $"-{number}{ending}"), said = Path.TrimEndingDirectorySeparator(Said);
        bool isLink = Path.GetFileName(said) != Name;
        string target = Path.Combine(Folder, name);
        return new OutputPlace(isLink ? target : Path.Combine(Path.GetDirectoryName(said) ?? "", name), target);
    }
}
