using System.Text;
using EvsNative.Cli.Report;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli.Tests.Report;

/// <summary>Pages of clips in memory.</summary>
internal static class TestPages
{
    /// <summary>The page of two clips.</summary>
    public static string Html(VideoFrames before, VideoFrames after, RunSummary run) => Html(Frames(before, after), run);

    /// <summary>The page as text.</summary>
    public static string Html(PageFrames frames, RunSummary run)
    {
        using var page = new MemoryStream();
        ComparePage.Write(page, frames, run);
        return Encoding.UTF8.GetString(page.ToArray());
    }

    /// <summary>What a page plays of two clips.</summary>
    public static PageFrames Frames(VideoFrames before, VideoFrames after, long most = PageFrames.MostBytes)
    {
        var frames = new PageFrames(most);
        frames.Begin(after.Format, after.Count);
        for (int i = 0; i < after.Count; i++) frames.Add(before.Frame(i).ToArray(), after.Frame(i).ToArray(), after.StampOf(i));
        return frames;
    }
}
