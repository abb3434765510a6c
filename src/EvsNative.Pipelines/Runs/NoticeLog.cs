using EvsNative.Layers;

namespace EvsNative.Pipelines.Runs;

/// <summary>What a run had to say, each thing once, in order: told as it comes and kept for the summary.</summary>
/// <param name="tell">told at once</param>
internal sealed class NoticeLog(Action<Notice>? tell)
{
    private readonly List<Notice> _all = [];

    /// <summary>All so far.</summary>
    public IReadOnlyList<Notice> All => [.. _all];

    /// <summary>One more, unless it was said.</summary>
    public void Add(Notice notice)
    {
        if (_all.Contains(notice)) return;
        _all.Add(notice);
        tell?.Invoke(notice);
    }

    /// <summary>Several.</summary>
    public void Add(IEnumerable<Notice> notices)
    {
        foreach (var notice in notices) Add(notice);
    }
}
