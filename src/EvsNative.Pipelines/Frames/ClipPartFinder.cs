namespace EvsNative.Pipelines.Frames;

/// <summary>Finds the part of a clip that is wanted while its frames come one after the other.</summary>
/// <param name="choice">what is wanted</param>
internal sealed class ClipPartFinder(ClipChoice choice)
{
    private int _count;

    /// <summary>Number of the first frame of the part; null as long as none came.</summary>
    public int? First { get; private set; }

    /// <summary>Number of the first frame behind the part; null as long as none came.</summary>
    public int? End { get; private set; }

    /// <summary>Takes the next frame.</summary>
    /// <param name="stamp">when it is shown</param>
    /// <returns>true if it and all later ones are behind the part</returns>
    public bool See(TimeSpan stamp)
    {
        int index = _count++;
        bool isBehind = choice.End?.IsReached(index, stamp) == true || (First is { } first && index - first >= choice.Frames);
        if (isBehind) End ??= index;
        else if (choice.Start?.IsReached(index, stamp) != false) First ??= index;
        return End is not null;
    }
}
