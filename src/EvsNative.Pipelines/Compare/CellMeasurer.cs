using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Compare;

/// <summary>Reads a result beside the clip that it was made of and measures it, frame by frame.</summary>
internal static class CellMeasurer
{
    /// <summary>Of a result.</summary>
    /// <param name="request">what it was made by</param>
    /// <param name="result">the folder of its frames</param>
    /// <param name="stop">stops within a frame</param>
    /// <exception cref="InputException">a frame cannot be read</exception>
    public static CellMeasures OfResult(RefineRequest request, string result, CancellationToken stop)
    {
        using var frames = FrameFiles.Open(result, cancellation: stop);
        return Measure(request, frames.Format, (_, rgb) => frames.TryRead(rgb, out var _), isInput: false, stop);
    }

    /// <summary>Of the clip itself, at the size that its results have.</summary>
    /// <param name="request">what refines it</param>
    /// <param name="stop">stops within a frame</param>
    /// <exception cref="InputException">a frame cannot be read</exception>
    public static CellMeasures OfInput(RefineRequest request, CancellationToken stop)
    {
        using var clip = request.OpenClip(stop);
        var sizes = new FrameSizes(clip.Format.Width, clip.Format.Height, request.Upscale, UpscaleIn.Pixels);
        return Measure(request, clip.Format with { Width = sizes.Width, Height = sizes.Height }, (_, _) => true, isInput: true, stop);
    }

    private static CellMeasures Measure(
        RefineRequest request, VideoFormat format, Func<int, byte[], bool> read, bool isInput, CancellationToken stop)
    {
        var known = LookThrough(() => request.OpenClip(stop));
        using var input = new ClipFrames(() => request.OpenClip(stop), known, format.Width, format.Height);
        using var clean = Clean(request, known.Count, format, stop);
        using var measures = new ClipMeasures(format, stop);
        using var similarity = new MeanSimilarity(format);
        byte[] given = new byte[format.FrameBytes], made = new byte[format.FrameBytes];
        byte[] wanted = clean is null ? [] : new byte[format.FrameBytes];
        long squares = 0;
        for (int i = 0; i < known.Count; i++)
        {
            stop.ThrowIfCancellationRequested();
            input.Read(i, given);
            if (!read(i, made)) throw new InputException(InputCode.Damaged, $"frame {i} of a result is missing: do it again");
            byte[] frame = isInput ? given : made;
            clean?.Read(i, wanted);
            measures.Add(frame, wanted);
            if (isInput) continue;
            squares += SquaredError.Of(made, given);
            similarity.Add(made, given);
        }

        var own = measures.Measures;
        return new CellMeasures(
            isInput ? null : SquaredError.Decibel(squares, (long)known.Count * format.FrameBytes),
            similarity.Value,
            own.Flicker, own.Residual, own.Sharpness, own.Psnr);
    }

    private static KnownClip LookThrough(Func<IFrameReader> open)
    {
        using var reader = open();
        return KnownClip.Of(reader, FrameLimits.MostFrames, _ => { });
    }

    /// <summary>What the demo's clip should have been, where that has the result's size.</summary>
    private static ClipFrames? Clean(RefineRequest request, int count, VideoFormat format, CancellationToken stop)
    {
        if (request.Demo is not { } demo) return null;
        IFrameReader Open() => FrameFiles.Open(demo.CleanFolder, cancellation: stop);
        var known = LookThrough(Open);
        bool isAlike = (known.Count, known.Format.Width, known.Format.Height) == (count, format.Width, format.Height);
        return isAlike ? new ClipFrames(Open, known, format.Width, format.Height) : null;
    }
}
