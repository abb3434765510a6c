using EvsNative.Kernels;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>Passes as a device records them.</summary>
public sealed class UNetDenoiserTests
{
    /// <summary>Records that a CUDA device keeps (CudaGraphs.Most).</summary>
    private const int Kept = 8;

    private static readonly Shape Prompt = new(1, 1, 77, 32);

    /// <summary>
    /// Small groups: two sizes (3, 3, 3, 3, 3 and 1 frames) times two prompts, whichever step and stage; and two prompts for the video.
    /// So nothing is forgotten before it comes again.
    /// </summary>
    [Theory]
    [InlineData(3, 4)]
    [InlineData(4, 2)]
    [InlineData(0, 2)]
    [InlineData(16, 2)]
    public void However_small_the_groups_a_run_needs_few_records(int framesPerPass, int imageRecords)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var config = new EvsConfig { FramesPerPass = framesPerPass, VideoGuidance = 2 };
        Dictionary<object, int> image = [], video = [];
        var refiner = Refiner(d, config, Count(image), Count(video));
        refiner.Refine(d, d.Rent(new Shape(16, 8, 8, 4)), EvsPlan.Build(config));

        int groups = framesPerPass == 0 ? 1 : (16 + framesPerPass - 1) / framesPerPass;
        Assert.Equal((imageRecords, 2), (image.Count, video.Count));
        Assert.Equal((21 * 2 * groups, 2 * 2), (image.Values.Sum(), video.Values.Sum()));
        Assert.True(image.Count + video.Count <= Kept);

        static Action<Device, object, Action> Count(Dictionary<object, int> keys) => (_, key, pass) =>
        {
            keys[key] = keys.GetValueOrDefault(key) + 1;
            pass();
        };
    }

    /// <summary>The first pass of each key is done again in the place of all later ones, as a record is.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_record_of_the_first_pass_does_for_all_later_ones(int framesPerPass)
    {
        using var d = Device.Open();
        var config = new EvsConfig { ImageStart = 4, Insertion = 2, FramesPerPass = framesPerPass };
        Dictionary<object, Action> records = [];
        var x0 = new Draw(5).Normals(d, new Shape(5, 8, 8, 4));
        float[] expected = d.Download(Refiner(d, config, Done, Done).Refine(d, x0, EvsPlan.Build(config)));
        float[] got = d.Download(Refiner(d, config, Recorded, Recorded).Refine(d, x0, EvsPlan.Build(config)));
        Assert.Equal(expected, got);
        Assert.InRange(records.Count, 3, Kept);

        static void Done(Device device, object key, Action pass) => pass();

        void Recorded(Device device, object key, Action pass)
        {
            records.TryAdd(key, pass);
            records[key]();
        }
    }

    private static EvsRefiner Refiner(
        Device d, EvsConfig config, Action<Device, object, Action> imageReplay, Action<Device, object, Action> videoReplay)
    {
        var unet = SmallNetworks.UNet(d);
        var draw = new Draw(1);
        var text = new TextConditions(draw.Normals(d, Prompt), draw.Normals(d, Prompt));
        var image = new UNetDenoiser(unet, config.CreateImageSampler(), text, config.ImageGuidance)
        {
            FramesPerPass = config.FramesPerPass,
            Replay = imageReplay,
        };
        var video = new UNetDenoiser(unet, config.CreateVideoSampler(), text, config.VideoGuidance)
        {
            IsVideo = true,
            Replay = videoReplay,
        };
        return new EvsRefiner(image, video, new CounterNoise(7));
    }
}
