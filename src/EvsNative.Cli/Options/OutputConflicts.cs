using EvsNative.Layers;

namespace EvsNative.Cli;

/// <summary>Outputs that are what is read, or each other: told by what names lead to, not by how they are spelled.</summary>
internal static class OutputConflicts
{
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

    private static InputException Conflict(string line) => new(InputCode.Conflict, line);
}
