using System.Runtime.InteropServices;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>
/// The way of a clip through the networks: encode, refine, decode; each can be done alone. Cancelling the device's token stops each of them
/// within the running operation, on a dry device too.
/// </summary>
/// <param name="networks">the loaded networks</param>
public sealed class EvsPipeline(EvsNetworks networks)
{
    private const long PictureBytesPerGroup = 16L << 20;

    /// <summary>Groups whose frames are read and wait while another process encodes those before them.</summary>
    private const int MostWaiting = 8;

    private const string OneFrame =
        "the clip has one frame: nothing moves in it, and the motion modules see it alone; --mode t2i leaves them out";

    private WorkLoop? _loop;

    /// <summary>Told in one line of what does not stop a run, such as words that were cut off the prompt.</summary>
    public Action<Notice>? OnWarning { get; set; }

    /// <summary>
    /// Keeps the results of units of work, so that a run that was ended goes on where it was, and several processes share one; absent,
    /// nothing is kept. It is of one clip, one recipe and one device's arithmetic: units are fetched by their names alone.
    /// </summary>
    public IWorkStore? Store { get; init; }

    /// <summary>
    /// Refines a clip. Its frames come and go one by one: no more of them is in host memory here than a group, or some groups where the
    /// work is shared.
    /// </summary>
    /// <param name="d">the device that the networks are on</param>
    /// <param name="source">
    /// the frames, H and W multiples of <see cref="EvsNetworks.SizeMultiple"/>. Each is asked for once and in order, in a run that goes on
    /// after an interruption too: whoever reads them learns what else is in the clip
    /// </param>
    /// <param name="clip">F, H, W and 3 of them</param>
    /// <param name="sink">the result's, times the scale of latent upscaling</param>
    /// <param name="prompts">what the clip shows: a text, or one for each range of frames</param>
    /// <param name="config">the method's choices</param>
    /// <param name="progress">told after each piece of work: a group of frames, a pass of a network, a step</param>
    /// <param name="noise">Gaussian numbers; those of config.Seed if absent</param>
    /// <exception cref="InputException">settings that contradict each other, or numbers that are no longer finite</exception>
    public void Refine(
        Device d, FrameSource source, Shape clip, FrameSink sink, ClipPrompts prompts, EvsConfig config,
        IProgress<RunEvent>? progress = null, INoiseSource? noise = null)
    {
        using var scope = d.Enter("refine");
        var x0 = d.Rent(networks.LatentShape(clip));
        var plan = EvsPlan.Build(config);

        // A state makes encoding needless. It is looked for without a text, of which it does not depend.
        var found = Refiner(config, default, noise).Find(x0.Shape, plan);
        int most = FramesPerPass(config);
        if (found is null) Encode(d, source, clip, x0, progress, most, config.VaeTiling);
        else PassBy(source, clip, progress, most);

        var latents = d.Rent(plan[^1].SizeOf(x0.Shape));
        foreach (var step in From(d, x0, prompts, config, progress, noise, found))
            if (step.IsLast) d.Kernels.Copy(latents, step.Result);
        Decode(d, latents, sink, progress, most, config.VaeTiling);
    }

    /// <summary>Latents to latents: <see cref="Steps"/> to their end.</summary>
    /// <param name="d">the device</param>
    /// <param name="x0">[F,h,w,4], clean and scaled, float32; left as they are</param>
    /// <param name="prompts">what the clip shows: a text, or one for each range of frames</param>
    /// <param name="config">the method's choices</param>
    /// <param name="progress">told after the prompts, after each pass of a network and after each step</param>
    /// <param name="noise">Gaussian numbers; those of config.Seed if absent</param>
    /// <returns>[F,h,w,4], rented, at the scale of the last stage</returns>
    /// <exception cref="InputException">settings that contradict each other, or numbers that are no longer finite</exception>
    public Tensor Refine(
        Device d, Tensor x0, ClipPrompts prompts, EvsConfig config, IProgress<RunEvent>? progress = null, INoiseSource? noise = null)
    {
        var result = d.Rent(EvsPlan.Build(config)[^1].SizeOf(x0.Shape));
        foreach (var step in Steps(d, x0, prompts, config, progress, noise))
            if (step.IsLast) d.Kernels.Copy(result, step.Result);
        return result;
    }

    /// <summary>
    /// The steps of a refinement as they are done, for callers that look at them, stop early or keep them. A caller who rents tensors
    /// between two steps does it in a scope of its own, closed before the next step; an enumeration that is left early is disposed of, as
    /// <c>foreach</c> does.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="x0">[F,h,w,4], clean and scaled, float32; left as they are</param>
    /// <param name="prompts">what the clip shows: a text, or one for each range of frames</param>
    /// <param name="config">the method's choices</param>
    /// <param name="progress">told after the prompts, after each pass of a network and after each step</param>
    /// <param name="noise">Gaussian numbers; those of config.Seed if absent</param>
    /// <returns>each step, in order; <see cref="EvsStep.Result"/> of the last is the result</returns>
    /// <exception cref="InputException">settings that contradict each other, or numbers that are no longer finite</exception>
    public IEnumerable<EvsStep> Steps(
        Device d, Tensor x0, ClipPrompts prompts, EvsConfig config, IProgress<RunEvent>? progress = null, INoiseSource? noise = null) =>
        From(d, x0, prompts, config, progress, noise, found: null);

    /// <summary>Bytes to clean latents, a group of frames at a time.</summary>
    /// <param name="d">the device</param>
    /// <param name="source">the frames</param>
    /// <param name="clip">[F,H,W,3]</param>
    /// <param name="x0">[F,H/8,W/8,4], the result</param>
    /// <param name="progress">told after each group</param>
    /// <param name="most">frames of a group at most, 0 for as many as are handy; the result is the same</param>
    /// <param name="tileRows">rows of latents in a tile, see <see cref="Vae.Decode"/>; 0 for whole pictures</param>
    public void Encode(
        Device d, FrameSource source, Shape clip, Tensor x0, IProgress<RunEvent>? progress = null, int most = 0, int tileRows = 0)
    {
        int frame = FrameBytes(clip);
        var groups = Groups(clip, most);
        var read = new Dictionary<int, byte[]>();
        var free = new Stack<byte[]>();
        int reached = 0;
        using var encoder = networks.Vae.BorrowEncoder();
        foreach (var turn in Turns(d, UnitKind.Encoded, groups, x0.Bytes / clip.N, MostWaiting))
        {
            for (; reached <= turn.Index; reached++) Read(reached);
            var (group, latents) = (groups[turn.Index], Latents(turn));
            if (turn.Fetched is { } bytes) d.Write(latents, MemoryMarshal.Cast<byte, float>(bytes.Span));
            else Encode(d, read[turn.Index].AsSpan(0, group.Count * frame), clip with { N = group.Count }, latents, tileRows);
            if (turn.IsWanted)
                Loop.Keep(Unit(UnitKind.Encoded, group), latents.Bytes, y => d.Read(latents, MemoryMarshal.Cast<byte, float>(y)));
            if (!turn.IsDue) continue;
            if (read.Remove(turn.Index, out byte[]? done)) free.Push(done);
            progress?.Report(RunEvent.Of(RunPhase.Encode, group, clip.N, turn.Fetched is not null));
        }

        Tensor Latents(WorkTurn turn) => x0.Images(groups[turn.Index].First, groups[turn.Index].Count);

        void Read(int index)
        {
            var (first, count) = (groups[index].First, groups[index].Count);
            byte[] room = read[index] = free.TryPop(out byte[]? used) ? used : new byte[groups[0].Count * frame];
            for (int i = 0; i < count; i++) source(first + i, room.AsSpan(i * frame, frame));
        }
    }

    /// <summary>Latents to bytes, a group of frames at a time.</summary>
    /// <param name="d">the device</param>
    /// <param name="latents">[F,h,w,4]</param>
    /// <param name="sink">takes each frame [8h,8w,3]</param>
    /// <param name="progress">told after each group</param>
    /// <param name="most">frames of a group at most, 0 for as many as are handy; the result is the same</param>
    /// <param name="tileRows">rows of latents in a tile, see <see cref="Vae.Decode"/>; 0 for whole pictures</param>
    /// <exception cref="InputException">a decoded frame is not finite</exception>
    public void Decode(
        Device d, Tensor latents, FrameSink sink, IProgress<RunEvent>? progress = null, int most = 0, int tileRows = 0)
    {
        var clip = PictureShape(latents.Shape);
        int frame = FrameBytes(clip);
        var groups = Groups(clip, most);
        byte[] room = new byte[groups[0].Count * frame];
        using var decoder = networks.Vae.BorrowDecoder();
        foreach (var turn in Turns(d, UnitKind.Decoded, groups, frame))
        {
            var group = groups[turn.Index];
            var pictures = room.AsMemory(0, group.Count * frame);
            if (turn.Fetched is { } bytes) bytes.CopyTo(pictures);
            else Decode(d, latents, group, pictures.Span, tileRows);
            if (turn.IsWanted) Loop.Keep(Unit(UnitKind.Decoded, group), pictures.Length, y => pictures.Span.CopyTo(y));
            if (!turn.IsDue) continue;
            for (int i = 0; i < group.Count; i++) sink(group.First + i, pictures.Span.Slice(i * frame, frame));
            progress?.Report(RunEvent.Of(RunPhase.Decode, group, clip.N, turn.Fetched is not null));
        }
    }

    /// <summary>The steps from where an earlier run stopped, if that is known; looked for if not.</summary>
    private IEnumerable<EvsStep> From(
        Device d, Tensor x0, ClipPrompts prompts, EvsConfig config, IProgress<RunEvent>? progress, INoiseSource? noise, FoundState? found)
    {
        var plan = EvsPlan.Build(config);
        using var scope = d.Enter("refine");
        if (x0.Shape.N == 1 && config.NeedsMotion) OnWarning?.Invoke(new Notice(NoticeCode.Assumed, OneFrame));
        TextConditions text;
        using (var encoder = networks.Prompts.Borrow())
            text = encoder.Value.Encode(d, prompts, config.NegativePrompt, x0.Shape.N, config.ClipSkip, OnWarning);
        progress?.Report(new RunEvent(RunPhase.Prompt, 2, 2));
        int imageCalls = config.ImageGuidance > 1 ? 2 : 1, videoCalls = config.VideoGuidance > 1 ? 2 : 1;
        int total = EvsPlan.Calls(plan, imageCalls, videoCalls);

        // Read with the first pass that is computed here, and not if there is none.
        using var unet = networks.UNet.Borrow();
        foreach (var step in Refiner(config, text, noise, progress is null ? null : Tell).Steps(d, x0, plan, found))
        {
            progress?.Report(RunEvent.Of(step));
            yield return step;
        }

        void Tell(Device device, CourseStep step, FrameWindow window, int number, int count, bool isFetched)
        {
            // What a GPU has not done yet is not done. It waits a moment for its next work then, thousandths of a pass.
            if (!isFetched) device.Synchronize();
            int own = step.IsClimbing ? 1 : step.Stage.Expert == Expert.Image ? imageCalls : videoCalls;
            progress!.Report(new RunEvent(RunPhase.Stage, step.Calls - own, total)
            {
                Pass = new RunPass(step.StageIndex, step.Stage, step.K, step.IsClimbing, number, count),
                Frames = new FrameRange(window.First, window.Count),
                IsFetched = isFetched,
            });
        }
    }

    /// <summary>Encoding where a state makes it needless: the frames are read and the same is told.</summary>
    private static void PassBy(FrameSource source, Shape clip, IProgress<RunEvent>? progress, int most)
    {
        byte[] frame = new byte[FrameBytes(clip)];
        foreach (var group in Groups(clip, most))
        {
            for (int i = group.First; i < group.End; i++) source(i, frame);
            progress?.Report(RunEvent.Of(RunPhase.Encode, group, clip.N, isFetched: true));
        }
    }

    private void Encode(Device d, ReadOnlySpan<byte> rgb, Shape group, Tensor latents, int tileRows)
    {
        using var scope = d.Enter("encode");
        var pictures = d.Rent(group);
        d.Kernels.FromBytes(pictures, rgb);
        networks.Vae.Encode(d, pictures, into: latents, tileRows);
    }

    private void Decode(Device d, Tensor latents, FrameWindow group, Span<byte> rgb, int tileRows)
    {
        using var scope = d.Enter("decode");
        var pictures = networks.Vae.Decode(d, latents.Images(group.First, group.Count), tileRows: tileRows);
        if (d.Kernels.CountNonFinite(pictures) is > 0 and var bad)
        {
            throw new InputException(
                InputCode.NotFinite,
                $"decode: {bad} numbers of frames {group.First + 1} to {group.End} are not finite: "
                + "the autoencoder's weights are damaged or too large");
        }

        d.Kernels.ToBytes(rgb, pictures);
    }

    private WorkLoop Loop => _loop ??= new WorkLoop(Store);

    private IEnumerable<WorkTurn> Turns(
        Device d, UnitKind kind, IReadOnlyList<FrameWindow> groups, long frameBytes, int ahead = int.MaxValue) =>
        Loop.Turns([.. groups.Select(group => Unit(kind, group))], i => frameBytes * groups[i].Count, d.Cancellation, ahead);

    private static WorkUnit Unit(UnitKind kind, FrameWindow group) => new(kind, 0, 0, false, group.First, group.Count);

    private Shape PictureShape(Shape latents) => new(latents.N, latents.H * networks.SizeMultiple, latents.W * networks.SizeMultiple, 3);

    private static int FrameBytes(Shape clip) => clip.Pixels * clip.C;

    private EvsRefiner Refiner(EvsConfig config, TextConditions text, INoiseSource? noise, PassListener? onPass = null)
    {
        var unet = networks.UNet;
        var image = new UNetDenoiser(unet, config.CreateImageSampler(), text, config.ImageGuidance)
        {
            FramesPerPass = FramesPerPass(config),
            GuidanceRescale = config.GuidanceRescale,
        };
        var video = new UNetDenoiser(unet, config.CreateVideoSampler(), text, config.VideoGuidance)
        {
            IsVideo = true,
            Cut = config.Windows(networks.MaxFrames),
            GuidanceRescale = config.GuidanceRescale,
            NormAcrossFrames = config.NormAcrossFrames,
        };
        noise ??= new CounterNoise(config.Seed, config.SharedNoise);
        return new EvsRefiner(image, video, noise, config.Sfi.Names(networks.Features), config.Sfi.QueryWeight, Store, onPass);
    }

    private int FramesPerPass(EvsConfig config) =>
        config.FramesPerPass > 0 ? config.FramesPerPass : config.Windows(networks.MaxFrames).Length;

    private static IReadOnlyList<FrameWindow> Groups(Shape clip, int most)
    {
        long frame = (long)clip.Pixels * clip.C * sizeof(float);
        return FrameWindow.Groups(clip.N, (int)Math.Clamp(PictureBytesPerGroup / frame, 1, most > 0 ? Math.Min(most, clip.N) : clip.N));
    }
}
