using EvsNative.Kernels;
using EvsNative.Kernels.Cards;

namespace EvsNative.Bench;

/// <summary>
/// What kernels and runs should take on cards that are not here: rates by the cycle model, sums by calls. It is written before a card is
/// seen; the first run on one prints what it measures beside.
/// </summary>
internal static class ModelBench
{
    /// <summary>The predictions' file.</summary>
    public const string Path = "bench/results/predictions.json";

    private const int ImageSteps = 20, VideoSteps = 4, Frames = 16, TileSide = 512;

    /// <summary>Prints rates of kernels and seconds of runs.</summary>
    /// <param name="isMarkdown">as a page shows them</param>
    /// <param name="path">where to write the predictions; absent for the repository's file</param>
    public static void Print(bool isMarkdown, string? path)
    {
        var facts = MachineFact.All();
        var kernels = new Table(
            isMarkdown, ("kernel", 96), ("card", 8), ("registers", 10), ("cycles", 8), ("bound by", 12), ("TFLOP/s", 8));
        kernels.Head();
        foreach (var card in GpuCards.All)
        {
            foreach (var fact in facts.Where(fact => fact.Sm == card.Caps.Sm))
            {
                var model = new CycleModel(fact, card);
                kernels.Line(
                    fact.Kernel, card.Word, $"{fact.Registers}", $"{model.Cycles:F0}", $"{model.Busiest}", $"{model.Flops / 1e12:F0}");
            }
        }

        Console.WriteLine();
        var lines = new Table(isMarkdown, ("line", 60), ("card", 8), ("ms", 12), ("floor ms", 12), ("TFLOP/s", 8), ("TB/s", 8));
        lines.Head();
        using var json = new JsonLines(path ?? RepositoryFile.Find(Path));
        foreach (var card in GpuCards.All)
        {
            foreach (var line in Lines(CycleModel.On(card, facts)))
            {
                lines.Line(
                    line.Line, line.Card, $"{line.Milliseconds:F3}", $"{line.FloorMilliseconds:F3}", $"{line.Tflops:F0}",
                    $"{line.Terabytes:F2}");
                json.Write(line);
            }
        }
    }

    private static IEnumerable<Predicted> Lines(GpuCard card)
    {
        using var d = MachineFact.Dry(card);
        foreach (var shape in LargeCases.All()) yield return Predicted.Of(shape.Line, card, Count(d, shape));
        var pass = PassCases.Pass("U-Net pass, 32 frames of 512x512", 2 * Frames, 512, 512, hasMotion: false);
        yield return Predicted.Of(pass.Name, card, Count(d, pass));
        var autoencoder = PassCases.All().Where(shape => shape.Name.StartsWith("autoencoder", StringComparison.Ordinal))
            .Select(shape => Predicted.Of("", card, Count(d, shape))).ToList();
        foreach (var (height, width) in new[] { (640, 1024), (1024, 1024) })
        {
            var image = Predicted.Of("", card, Count(d, PassCases.Pass("", 2 * Frames, height, width, hasMotion: false)));
            var video = Predicted.Of("", card, Count(d, PassCases.Pass("", Frames, height, width, hasMotion: true)));
            double pictures = (double)Frames * height * width / (TileSide * TileSide);
            (Predicted Part, double Times)[] parts =
                [(image, ImageSteps), (video, VideoSteps), .. autoencoder.Select(part => (part, pictures))];
            yield return Predicted.Of($"EVS, {Frames} frames of {height}x{width}", card, parts);
        }
    }

    private static CountedCase Count(Device d, Case shape)
    {
        using var scope = d.Enter("count");
        var run = shape.Prepare(d);
        d.Counting!.Reset();
        run();
        return new CountedCase(shape, [.. d.Counting.Records], d.Counting.TakeCalls());
    }
}

/// <summary>A line of the predictions.</summary>
/// <param name="Line">as the bench calls it</param>
/// <param name="Card">as users name it</param>
/// <param name="Milliseconds">of one call</param>
/// <param name="FloorMilliseconds">the same if every kernel ran at its limit</param>
/// <param name="Tflops">that it computes, in 1e12 a second</param>
/// <param name="Terabytes">of inputs, weights and results, in 1e12 bytes a second</param>
internal sealed record Predicted(string Line, string Card, double Milliseconds, double FloorMilliseconds, double Tflops, double Terabytes)
{
    public static Predicted Of(string line, GpuCard card, CountedCase counted)
    {
        var time = CardPrediction.Of(card, counted.Calls);
        return Of(line, card, 1e3 * time.Seconds, 1e3 * time.Floor, 1e9 * counted.Gflop, counted.Bytes);
    }

    public static Predicted Of(string line, GpuCard card, IReadOnlyCollection<(Predicted Part, double Times)> parts) => Of(
        line, card, parts.Sum(part => part.Times * part.Part.Milliseconds), parts.Sum(part => part.Times * part.Part.FloorMilliseconds),
        parts.Sum(part => part.Times * part.Part.Tflops * 1e9 * part.Part.Milliseconds),
        parts.Sum(part => part.Times * part.Part.Terabytes * 1e9 * part.Part.Milliseconds));

    private static Predicted Of(string line, GpuCard card, double milliseconds, double floor, double flops, double bytes) => new(
        line, card.Word, milliseconds, floor, flops / milliseconds / 1e9, bytes / milliseconds / 1e9);
}
