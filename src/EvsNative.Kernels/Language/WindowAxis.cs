namespace EvsNative.Kernels;

/// <summary>Windows along one axis. A place is one of the shifted axis, behind whose extent the padding lies.</summary>
/// <param name="Extent">frames, rows or columns that are there</param>
/// <param name="Whole">the window that was asked for</param>
/// <param name="Asked">the shift that was asked for</param>
internal readonly record struct WindowAxis(int Extent, int Whole, int Asked)
{
    /// <summary>Places of a window.</summary>
    public int Window => Math.Min(Extent, Whole);

    /// <summary>What a place lies before its token.</summary>
    public int Shift => Extent > Whole ? Asked : 0;

    /// <summary>Windows side by side.</summary>
    public int Count => (Extent + Window - 1) / Window;

    /// <summary>The extent with its padding.</summary>
    public int Padded => Count * Window;

    /// <summary>The token at a place; one behind the extent is padding.</summary>
    public int Source(int place) => (place + Shift) % Padded;

    /// <summary>Tokens see those of their own region alone: what a shift brought together from both ends is kept apart.</summary>
    public int Region(int place) => Shift == 0 || place < Padded - Window ? 0 : place < Padded - Shift ? 1 : 2;

    /// <summary>The fragment of a place's token.</summary>
    public int Fragment(int place) => Source(place) * Window / Padded;
}
