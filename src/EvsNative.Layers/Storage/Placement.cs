namespace EvsNative.Layers;

/// <summary>Gives what is finished its place, or a free name beside it: the work of hours is not lost because a name is taken.</summary>
internal static class Placement
{
    private const int MostNumbers = 10_000;

    /// <summary>Takes the place if it can be taken.</summary>
    /// <param name="place">the place</param>
    /// <param name="finished">what is to be put there, whole and flushed</param>
    /// <param name="take">
    /// takes the place and flushes its folder, or says why not, in words that follow the name; then everything is as it was
    /// </param>
    /// <param name="hasEnding">whether the name ends with the kind of file</param>
    /// <param name="notices">told of another name</param>
    /// <returns>where it is now</returns>
    /// <exception cref="IOException">it can be put nowhere</exception>
    public static OutputPlace Settle(OutputPlace place, string finished, Func<string?> take, bool hasEnding, List<Notice> notices)
    {
        string? obstacle;
        Exception? fault = null;
        try
        {
            obstacle = take();
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            (obstacle, fault) = ($"could not be written ({InputText.OneLine(e.Message)})", e);
        }

        if (obstacle is null) return place;
        for (int number = 2; number < MostNumbers; number++)
        {
            var free = place.Numbered(number, hasEnding);
            if (!Place(finished, free, fault)) continue;
            FileSteps.Current.FlushFolder(free.Folder);
            notices.Add(new Notice(NoticeCode.Renamed, $"{place.Said} {obstacle}: the result is in {free.Said}"));
            return free;
        }

        throw fault ?? new IOException(obstacle);
    }

    /// <summary>Where nothing can be named at all, the first complaint is the one to tell.</summary>
    private static bool Place(string finished, OutputPlace free, Exception? fault)
    {
        try
        {
            return FileSteps.Current.Place(finished, free.Target);
        }
        catch (Exception e) when (fault is not null && StorageFault.Is(e))
        {
            throw new IOException(fault.Message, fault);
        }
    }
}
