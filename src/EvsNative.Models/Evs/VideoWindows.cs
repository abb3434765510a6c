namespace EvsNative.Models.Evs;

/// <summary>
/// How a clip is cut for a network that sees few frames at once: into windows of one length that overlap. Each step's predictions are
/// blended with weights that fall to the windows' edges, and the windows lie elsewhere in the next step, so no frame is always at an edge.
/// The weights are the "pyramid" of AnimateDiff-Evolved, the shift is its "ordered halving" of the step (evs.md 10).
/// </summary>
/// <param name="Length">frames of a window, 1 or more</param>
/// <param name="Overlap">frames that neighbours share at least, 0 to Length - 1</param>
/// <param name="Shifts">true if the windows lie elsewhere from step to step</param>
public readonly record struct VideoWindows(int Length, int Overlap, bool Shifts)
{
    /// <summary>
    /// The windows of a step: a pure function, the same on the way up and on the way down, on every machine and after every interruption.
    /// A clip of at most <see cref="Length"/> frames is one window. Otherwise all windows have the full length: those that would reach
    /// over an end of the clip are pushed back into it.
    /// </summary>
    /// <param name="frames">of the clip, 1 or more</param>
    /// <param name="step">the step in the expert's own count</param>
    /// <returns>in the order of their frames; every frame is in at least one</returns>
    public IReadOnlyList<FrameWindow> Of(int frames, int step)
    {
        if (frames <= Length) return FrameWindow.Whole(frames);
        int stride = Length - Overlap, last = frames - Length;
        int shift = Shifts ? (int)(stride * Halving(step)) : 0;
        var starts = new List<int> { 0 };
        for (int next = stride - shift; starts[^1] < last; next += stride) starts.Add(Math.Min(next, last));
        return Weighted(frames, starts);
    }

    /// <summary>The step's bits behind the point in reverse order: 1/2, 1/4, 3/4, 1/8 ... for 1, 2, 3, 4 ... (van der Corput).</summary>
    private static double Halving(int step)
    {
        double part = 1, sum = 0;
        for (int rest = step; rest > 0; rest /= 2)
        {
            part /= 2;
            sum += part * (rest % 2);
        }

        return sum;
    }

    private FrameWindow[] Weighted(int frames, List<int> starts)
    {
        int[] sums = new int[frames];
        foreach (int start in starts)
            for (int i = 0; i < Length; i++) sums[start + i] += Weight(i);
        var windows = new FrameWindow[starts.Count];
        for (int n = 0; n < windows.Length; n++)
        {
            float[] weights = new float[Length];
            for (int i = 0; i < Length; i++) weights[i] = (float)(Weight(i) / (double)sums[starts[n] + i]);
            int shared = n == 0 ? 0 : Math.Max(0, windows[n - 1].End - starts[n]);
            windows[n] = new FrameWindow(starts[n], weights, shared);
        }

        return windows;
    }

    /// <summary>Before the sum is made 1: 1 at both edges, most in the middle.</summary>
    private int Weight(int i) => Math.Min(i + 1, Length - i);
}
