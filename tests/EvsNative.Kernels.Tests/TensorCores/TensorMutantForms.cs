using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>
/// The forms of all kernels for tensor cores whose mutants are tried. A form is a choice of policies; where there are too many, every two
/// policies are together in one.
/// </summary>
internal static class TensorMutantForms
{
    private static readonly TensorMutantVector[] VectorCalls =
    [
        new(3, 1, new FilterShape(24, 264)) { HasEpilogue = true, Activation = Activation.Silu },
        new(2, 5, new FilterShape(80, 528)) { HasEpilogue = true },
        new(1, 8, new FilterShape(20, 16)) { Activation = Activation.Gelu },
        new(1, 4, new FilterShape(16, 8)) { Activation = Activation.QuickGelu },
    ];

    /// <summary>Attention's and those of few rows; products have a list of their own.</summary>
    public static IReadOnlyList<TensorMutantForm> All { get; } =
        [.. Streaming(), .. Text(), .. Frames(), .. Wide(), .. Vectors(), .. TensorMutantProductForms.All];

    private static IEnumerable<TensorMutantForm> Streaming()
    {
        foreach (var (caps, core) in ((GpuCaps, string)[])[(GpuProfiles.Ampere, "AmpereCore"), (GpuProfiles.Turing, "TuringCore")])
        {
            foreach (var (size, padded) in ((int, int)[])[(8, 8), (40, 24), (64, 48), (80, 72), (128, 88), (160, 136)])
            {
                int stage = size <= 64 ? 64 : 32;
                foreach (bool isBlended in (bool[])[false, true])
                {
                    string queries = isBlended ? "StreamedBlend" : "StreamedQueries";
                    TensorMutantAttention[] calls =
                    [
                        new(size, 20, stage - 2) { Images = 1, Heads = 1 },
                        new(size, 45, (2 * stage) + 1) { Images = 1 },
                        new(padded, 258, (2 * stage) + 5) { Images = 1 },
                        new(padded, 124, stage) { Images = 1, Heads = 1 },
                        new(size, 74, 3 * stage) { Images = 2, Heads = 1, SharesKeys = true, IsGrowing = !isBlended },
                        .. Ends(size, size, stage),
                        .. Ends(size, padded, stage).Select(call => call with { Heads = 2, Keys = call.Keys + stage }),
                    ];
                    yield return Of($"StreamingAttention<{core},{queries},StreamingTile<Head{size}>>", caps,
                        calls.Select(call => call with { IsStreamed = true, IsBlended = isBlended }));
                }
            }
        }
    }

    /// <summary>
    /// Keys that end, in each block of 8, behind a lane's first key and behind its second one; queries that end at each of those that a
    /// thread copies.
    /// </summary>
    private static IEnumerable<TensorMutantAttention> Ends(int form, int size, int stage)
    {
        var (least, step) = stage == 64 ? (24, 7) : form == 80 ? (24, 13) : (18, 6);
        for (int i = 0; i < stage / 4; i++)
            yield return new TensorMutantAttention(size, least + (step * i), (i / 2 * 8) + 6 + (i & 1)) { Images = 1, Heads = 1 };

        // Rows that end within the second copies: of a second tile, since fewer than 16 queries do not come here.
        if (stage == 32) yield return new TensorMutantAttention(size, 64 + 12, 6) { Images = 1, Heads = 1 };
    }

    private static IEnumerable<TensorMutantForm> Text()
    {
        foreach (var (size, padded, heads, head) in ((int, int, int, string)[])
            [(40, 40, 2, "Heads40"), (80, 80, 1, "Head80"), (32, 24, 1, "Head32"), (64, 48, 1, "Head64"), (96, 88, 1, "Head96"),
             (128, 104, 1, "Head128"), (160, 136, 1, "Head160")])
        {
            foreach (int keys in (int[])[80, 128, 16, 32, 48, 64, 96, 112])
            {
                bool isFew = keys == 64 && size is 32 or 160;
                if (keys is not (80 or 128) && size != 40 && !isFew) continue;
                foreach (bool isBlended in (bool[])[false, true])
                {
                    if (isBlended && keys != 80 && !isFew) continue;
                    string queries = isBlended ? "BlendedQueryWords" : "OwnQueryWords";
                    yield return Of($"TextAttention<{queries},Text{head},TextKeys{keys}>", GpuProfiles.Ampere,
                        new TensorMutantAttention(padded, 40, keys - 3) { Heads = heads, IsBlended = isBlended },
                        new TensorMutantAttention(size, 132, keys - 9) { Heads = 2 * heads, SharesKeys = true, IsBlended = isBlended },
                        new TensorMutantAttention(size, 20, keys - 2) { Heads = heads, IsBlended = isBlended },
                        new TensorMutantAttention(size, 28, keys - 10) { Heads = heads, IsBlended = isBlended },
                        new TensorMutantAttention(size, (5 * 128) + 20, keys) { Heads = heads, Images = 1, IsBlended = isBlended });
                }
            }
        }
    }

    private static IEnumerable<TensorMutantForm> Frames()
    {
        foreach (var (size, padded, heads, unit) in ((int, int, int, string)[])
            [(40, 40, 2, "96<TwoHeads>"), (8, 8, 2, "32<TwoHeads>"), (24, 24, 2, "64<TwoHeads>"), (56, 56, 2, "128<TwoHeads>"),
             (72, 72, 2, "160<TwoHeads>"), (32, 16, 1, "32<OneHead>"), (64, 48, 1, "64<OneHead>"), (96, 80, 1, "96<OneHead>"),
             (128, 112, 1, "128<OneHead>"), (160, 144, 1, "160<OneHead>")])
        {
            foreach (int most in (int[])[16, 32])
            {
                foreach (bool isBlended in (bool[])[false, true])
                {
                    string queries = isBlended ? "BlendedQueryWords" : "OwnQueryWords";
                    int[] frames = most == 16 ? [11, 16, 10, 4, 5] : [27, 32, 26, 20, 21];
                    // One head of an odd number of chunks too, so that it ends behind each of a block's lanes.
                    int odd = heads == 1 ? padded + 8 : size;
                    int[] sizes = [odd, size, padded, odd, size];
                    var calls = frames.Select((count, i) => new TensorMutantAttention(sizes[i], i == 1 ? 1 : 3)
                    {
                        Frames = count,
                        Heads = i == 2 ? 2 * heads : heads,
                        Images = i is 1 or 2 ? 2 : 1,
                        IsBlended = isBlended,
                    });
                    yield return Of($"FrameAttention<{queries},FrameUnit{unit},Frames{most}>", GpuProfiles.Ampere, calls);
                }
            }
        }
    }

    private static IEnumerable<TensorMutantForm> Wide()
    {
        TensorMutantAttention[] products =
        [
            new(176, 20, 37) { Images = 1, Heads = 1 },
            new(176, 20, 5) { SharesKeys = true },
            new(176, 130, 60) { Images = 1, Heads = 1, IsCrowded = true },
            .. new[] { 12, 20, 28, 44, 60 }.Select(queries => new TensorMutantAttention(176, queries, 60) { Images = 1, Heads = 1 }),
            new(176, 70, 70) { Images = 1, Heads = 1 },
            new(176, 100, 100) { Images = 1, Heads = 1 },
            new(176, 48, 116) { Images = 1, Heads = 1 },
            .. new[] { 20, 37, 60, 90, 112 }.Select(keys => new TensorMutantAttention(176, 128, keys) { Images = 1, Heads = 1 }),
            new(192, 130, 133) { Images = 1, Heads = 1 },
        ];
        TensorMutantAttention[] rows =
        [
            products[0],
            .. new[] { 38, 39, 40 }.Select(keys => new TensorMutantAttention(176, 3, keys) { Images = 1, Heads = 1 }),
            new(176, 24, 1100) { Images = 1, Heads = 1 },
        ];
        foreach (string kernel in (string[])["WideProduct<WideSquare,WideKeys>", "WideSoftmax", "WideProduct<WideLow,WideValues>"])
        {
            yield return TensorMutantForm.Of(
                kernel, GpuProfiles.Ampere, null, kernel == "WideSoftmax" ? rows : products, (call, d) => call.On(d, ElementType.Float32));
        }
    }

    private static IEnumerable<TensorMutantForm> Vectors()
    {
        foreach (var from in (ElementType[])[ElementType.Float16, ElementType.Float32])
        {
            foreach (var storage in (WeightStorage[])[WeightStorage.Float16, WeightStorage.Float32])
            {
                foreach (var to in (ElementType[])[ElementType.Float16, ElementType.Float32])
                {
                    string x = from == ElementType.Float16 ? "EightHalves" : "EightFloats";
                    string w = storage == WeightStorage.Float16 ? "EightHalves" : "EightFloats";
                    yield return TensorMutantForm.Of(
                        $"ProductVectorTensor<{x},{to.Policy().Name},{w}>", GpuProfiles.Ampere, null, VectorCalls,
                        (call, d) => call.On(d, from, storage, to));
                }
            }
        }
    }

    private static TensorMutantForm Of(string kernel, GpuCaps caps, params IEnumerable<TensorMutantAttention> calls) =>
        TensorMutantForm.Of(kernel, caps, null, calls, (call, d) => call.On(d, ElementType.Float16));
}
