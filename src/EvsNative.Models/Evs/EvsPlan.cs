namespace EvsNative.Models.Evs;

/// <summary>The method as data: which stages a configuration stands for.</summary>
public static class EvsPlan
{
    /// <summary>
    /// The stages. EVS is image 20..10, video 4..3, image 10..1 with the paper's values; the other compositions are other lists.
    /// </summary>
    /// <exception cref="Layers.InputException">the configuration contradicts itself</exception>
    public static IReadOnlyList<EvsStage> Build(EvsConfig config)
    {
        config.Validate();
        var stages = config.Mode switch
        {
            EvsMode.Evs => Encapsulated(config),
            EvsMode.T2I => [Image(config)],
            EvsMode.T2V => [Video(config)],
            EvsMode.T2IThenT2V => [Image(config), Video(config)],
            EvsMode.T2VThenT2I => [Video(config), Image(config)],
            _ => throw new ArgumentOutOfRangeException(nameof(config)),
        };

        var plan = stages.Where(s => s.Steps > 0).ToArray();
        double imageScale = config.UpscaleIn == UpscaleIn.Latents ? config.Upscale : 1;
        for (int i = 0; i < plan.Length; i++)
        {
            var expert = plan[i].Expert;
            int noise = config.ReuseNoise ? Array.FindIndex(plan, s => s.Expert == expert) : i;
            plan[i] = plan[i] with { NoiseEntry = noise, Scale = expert == Expert.Image ? imageScale : 1 };
        }

        return plan;
    }

    /// <summary>Network calls on the whole clip, given the passes of a guided step of each model: 2, or 1 without guidance.</summary>
    public static int Calls(IEnumerable<EvsStage> plan, int imagePasses, int videoPasses) =>
        plan.Sum(s => s.Calls(s.Expert == Expert.Image ? imagePasses : videoPasses));

    private static EvsStage Image(EvsConfig c) => new(Expert.Image, Entry.Noise, c.ImageStart, 1);

    private static EvsStage Video(EvsConfig c) => new(Expert.Video, c.VideoEntry, c.VideoStart, 1);

    private static EvsStage[] Encapsulated(EvsConfig c)
    {
        int t = c.Insertion;
        if (t == 0) return [Image(c)];
        return
        [
            Image(c) with { To = t },
            Video(c) with { To = c.VideoStart - c.VideoCalls + 1 },
            c.Bridge switch
            {
                BridgeBack.RepeatStep => new EvsStage(Expert.Image, Entry.Noise, t, 1),
                BridgeBack.NextStep => new EvsStage(Expert.Image, Entry.Noise, t - 1, 1),
                BridgeBack.DdimDirection => new EvsStage(Expert.Image, Entry.Direction, t - 1, 1),
                _ => throw new ArgumentOutOfRangeException(nameof(c)),
            },
        ];
    }
}
