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
                if (RealPath.AreOne(output, input))
                    throw Conflict($"{output} is what is read ({input}), which would be replaced: give {Option(output)} another name");
                if (RealPath.IsInside(input, output))
                    throw Conflict($"{input}, which is read, lies in {output}, which would be replaced: give {Option(output)} another name");
            }
        }

        foreach (string other in outputs.All.Skip(1))
        {
            if (RealPath.AreOne(outputs.Clip, other))
                throw Conflict($"the clip and the page have one name, {outputs.Clip}: give --report another");
            if (RealPath.IsInside(other, outputs.Clip))
                throw Conflict($"{other} would lie among the frames in {outputs.Clip}, which are replaced as a whole: name a place beside it");
        }

        if (outputs is { Page: { } page, Numbers: { } numbers } && RealPath.AreOne(page, numbers))
            throw Conflict($"the page and the numbers have one name, {page}: give --report another");

        string Option(string output) => output == outputs.Page ? "--report" : "--output";
    }

    private static InputException Conflict(string line) => new(InputCode.Conflict, line);
}
