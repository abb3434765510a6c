using EvsNative.Layers;

namespace EvsNative.Cli;

/// <summary>Outputs that are what is read, or each other: told by what names lead to, not by how they are spelled.</summary>
internal static class OutputConflicts
{
    /// <summary>Deepest folders of a model, and most of its files, that are looked at: somebody may name a whole disk.</summary>
    private const int Depth = 2, MostFiles = 20_000;

    /// <summary>Checks that no output takes the place of an input or of another output.</summary>
    /// <exception cref="InputException">one does</exception>
    public static void Check(RefineOutputs outputs)
    {
        foreach (string output in outputs.All)
        {
            foreach (string input in outputs.Inputs)
            {
                bool isInside = RealPath.IsInside(input, output);
                if (!isInside && !RealPath.AreOne(output, input)) continue;
                string what = isInside ? $"{input}, which is read, lies in {output}" : $"{output} is what is read ({input})";
                throw Conflict($"{what} and would be replaced: give {(output == outputs.Page ? "--report" : "--output")} another name");
            }
        }

        CheckFiles(outputs);
        foreach (string other in outputs.All.Skip(1))
        {
            if (RealPath.AreOne(outputs.Clip, other))
                throw Conflict($"the clip and the page have one name, {outputs.Clip}: give --report another");
            if (RealPath.IsInside(other, outputs.Clip))
                throw Conflict($"{other} would lie among the frames in {outputs.Clip}, which go as a whole: name a place beside them");
        }

        if (outputs is { Page: { } page, Numbers: { } numbers } && RealPath.AreOne(page, numbers))
            throw Conflict($"the page and the numbers have one name, {page}: give --report another");
    }

    /// <summary>Checks that an output is none of what is read: no file of it, nothing above it or inside it.</summary>
    /// <param name="inputs">files and folders; names that are not there are left out</param>
    /// <param name="output">a file or a folder</param>
    /// <exception cref="InputException">it is</exception>
    public static void Check(IEnumerable<string> inputs, string output)
    {
        foreach (string input in inputs.Where(Path.Exists))
        {
            string? what = RealPath.AreOne(output, input) ? $"{output} is what is read ({input}) and would be replaced"
                : RealPath.IsInside(input, output) ? $"{input}, which is read, lies in {output} and would be replaced"
                : Directory.Exists(input) && RealPath.IsInside(output, input) ? $"{output} lies in what is read ({input})"
                : null;
            if (what is not null) throw Conflict($"{what}: give --output another name");
            var read = Files(input).Select(RealPath.Identity).ToHashSet();
            if (Files(output, FileAttributes.ReparsePoint).FirstOrDefault(there => read.Contains(RealPath.Identity(there))) is { } one)
                throw Conflict($"{one} is read ({input}) and would be replaced: give --output another name");
        }
    }

    /// <summary>
    /// File by file: a link in one folder may lead into another, and an output may lie among what is read.
    /// </summary>
    private static void CheckFiles(RefineOutputs outputs)
    {
        var read = new Dictionary<string, string>();
        foreach (string input in outputs.Inputs.SelectMany(path => Files(path))) read.TryAdd(RealPath.Identity(input), input);
        foreach (string output in outputs.All)
        {
            // Of a link in a folder that is replaced, only the link goes.
            foreach (string there in Files(output, FileAttributes.ReparsePoint))
            {
                if (!read.TryGetValue(RealPath.Identity(there), out string? input)) continue;
                string option = output == outputs.Page ? "--report" : "--output";
                throw Conflict($"{there} is read ({input}) and would be replaced: give {option} another name");
            }
        }
    }

    /// <summary>The file of that name, or those in the folder, at any depth.</summary>
    private static IEnumerable<string> Files(string path, FileAttributes without = FileAttributes.None)
    {
        if (File.Exists(path)) return [path];
        var all = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = Depth,
            AttributesToSkip = without,
            IgnoreInaccessible = true,
        };
        return Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", all).Take(MostFiles) : [];
    }

    private static InputException Conflict(string line) => new(InputCode.Conflict, line);
}
