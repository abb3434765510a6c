using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Memory;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>Runs are made to fit into memory, at the least cost, and nothing that was chosen is changed for it.</summary>
public sealed class MemoryPlannerTests : IDisposable
{
    private static readonly EvsConfig Short =
        new() { ImageSteps = 2, ImageStart = 1, VideoSteps = 4, VideoStart = 1, ImageGuidance = 1 };

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void With_enough_memory_a_run_is_as_it_was_asked_for()
    {
        var planner = Plan(1L << 40);
        Assert.Equal((planner.Asked, "everything at once"), (Assert.Single(planner.Weighed), $"{planner.Plan}"));
        Assert.Empty(planner.Notices);
    }

    [Fact]
    public void Whatever_there_is_the_plan_fits_and_no_cheaper_one_would()
    {
        var all = Plan(1L << 40);
        all.WeighAll();
        Assert.InRange(all.Weighed.Count, 6, 12);
        long most = all.Weighed[0].Forecast.Need, least = all.Weighed[^1].Forecast.Need;
        Assert.True(least < most / 3, $"{least} of {most}");
        for (int i = 0; i < 6; i++)
        {
            long limit = least + ((most - least) * i / 5);
            var planner = Plan(limit);
            Assert.InRange(planner.Forecast.Need, 1, limit);
            Assert.DoesNotContain(planner.Weighed.SkipLast(1), cheaper => cheaper.Forecast.Need <= limit);
            Assert.Equal(planner.Plan.Weights.IsHalved || planner.Plan.Window is not null, planner.ChangesResult);
            Assert.Equal(planner.Plan != planner.Asked.Plan, planner.Notices.Any(notice => notice.Code == NoticeCode.Planned));
            // What is left over keeps layers.
            if (planner.Plan.Weights.KeptBytes > 0) Assert.InRange(planner.Forecast.Need, 0.85 * limit, limit);
        }

        var none = Plan(least - 1, null, line => Assert.Contains("--max-memory allows: use a smaller", line, StringComparison.Ordinal));
        Assert.Equal(all.Weighed[^1].Plan, none.Plan);
    }

    [Fact]
    public void What_was_chosen_stays()
    {
        foreach (var (setting, word) in ((Setting, string)[])
        [
            (DeviceSettings.Weights, "in-turn"), (PictureSettings.FramesPerPass, "2"), (PictureSettings.VaeTiling, "0"),
            (MethodSettings.Window, "12"), (DeviceSettings.HalveWeights, "false"),
        ])
        {
            var planner = Plan(1, new Choices().With(setting, word), objection => Assert.NotNull(objection));
            if (setting == DeviceSettings.HalveWeights) Assert.False(planner.Plan.Weights.IsHalved);
            else Assert.Equal(word, planner.Plan.Over(new Choices()).ToPlain()[setting.Name].ToString());
        }
    }

    /// <summary>Devices are asked one after the other: what one has not says nothing of the next.</summary>
    [Fact]
    public void A_device_after_one_that_was_too_small_has_its_own_plan_and_lines()
    {
        using var parts = FormulaModels.Open("sd15");
        using var small = Device.Open(new DeviceOptions(Backend.Null, Profile: GpuProfiles.Amd with { MemoryBytes = 1 << 20 }));
        using var next = Device.Open(new DeviceOptions(Backend.Null, Profile: GpuProfiles.Amd with { MemoryBytes = 4L << 30 }));
        var planner = new MemoryPlanner(parts, new Shape(16, 512, 512, 3), "a clip", Short, new Choices());
        Assert.NotNull(planner.Choose(small));
        Assert.Empty(planner.Notices);
        Assert.Null(planner.Choose(next));
        Assert.Equal(NoticeCode.Planned, Assert.Single(planner.Notices).Code);
    }

    [Fact]
    public void Who_goes_on_with_a_run_changes_no_number()
    {
        var planner = Plan(1, null, objection => Assert.NotNull(objection), keepsNumbers: true);
        Assert.Equal((0, null, false), (planner.Plan.VaeTiling, planner.Plan.Window, planner.Plan.Weights.IsHalved));
        Assert.Equal(WeightStay.Streamed, planner.Plan.Weights.Stay);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_device_that_refuses_after_all_gets_the_next_smaller_plan_and_the_result_is_the_same(int refusals)
    {
        FrameFiles.Write(_folder["in"], TestVideos.Smooth(6, 64, 64));
        var request = TestRequests.Tiny(_folder["in"], EvsMode.Evs);
        var expected = new RefineRun(request).Do(TestContext.Current.CancellationToken);
        int left = refusals;
        using var session = new ModelSession { OnOpened = device => device.Refuses = bytes => bytes > 1 << 20 && left-- > 0 };
        List<Notice> told = [];
        var got = new RefineRun(request) { Session = session, OnWarning = told.Add }.Do(TestContext.Current.CancellationToken);
        Assert.Equal(refusals, told.Count(notice => notice.Message.Contains("begins again with", StringComparison.Ordinal)));
        Assert.Equal("1 frame a pass", expected.Summary.MemoryPlan);
        Assert.NotEqual(expected.Summary.MemoryPlan, got.Summary.MemoryPlan);
        for (int i = 0; i < expected.Frames.Pixels.Length; i++) Assert.InRange(got.Frames.Pixels[i] - expected.Frames.Pixels[i], -1, 1);
    }

    [Fact]
    public void A_device_that_refuses_everything_is_one_line()
    {
        FrameFiles.Write(_folder["in"], TestVideos.Smooth(2, 16, 16));
        using var session = new ModelSession { OnOpened = device => device.Refuses = _ => true };
        var run = new RefineRun(TestRequests.Tiny(_folder["in"], EvsMode.Evs)) { Session = session };
        var refused = Assert.Throws<DeviceMemoryException>(() => run.Write(_folder["out"], stop: TestContext.Current.CancellationToken));
        Assert.Contains("refused", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData("8GB", 8_000_000_000, "8GB")]
    [InlineData("1.5gb", 1_500_000_000, "1500MB")]
    [InlineData("6GiB", 6L << 30, "6GiB")]
    [InlineData("123B", 123, "123B")]
    public void Amounts_are_read_and_written(string text, long bytes, string printed)
    {
        var choices = new Choices().With((Setting)DeviceSettings.MaxMemory, text);
        Assert.Equal(bytes, choices.Get(DeviceSettings.MaxMemory));
        Assert.Equal(printed, DeviceSettings.MaxMemory.Print(bytes));
    }

    [Theory]
    [InlineData("8", "write 8GB, 8MB or 8B")]
    [InlineData("8 GB", "write 8GB")]
    [InlineData("-1GB", "an amount with its unit")]
    [InlineData("0GB", "an amount with its unit")]
    [InlineData("GB", "an amount with its unit")]
    [InlineData("9999999999TB", "an amount with its unit")]
    public void Other_amounts_are_refused_with_the_word_to_write(string text, string advice) =>
        InputErrors.Expect(() => new Choices().With((Setting)DeviceSettings.MaxMemory, text), InputCode.UnknownWord, advice);

    private static MemoryPlanner Plan(long limit, Choices? said = null, Action<string?>? onObjection = null, bool keepsNumbers = false)
    {
        using var parts = FormulaModels.Open("sd15");
        using var device = Device.Open(new DeviceOptions(Backend.Null, Profile: GpuProfiles.Amd));
        var choices = (said ?? new Choices()).With(DeviceSettings.MaxMemory, limit);
        var planner = new MemoryPlanner(parts, new Shape(16, 512, 512, 3), "a clip", choices.ApplyTo(Short), choices)
        {
            KeepsNumbers = keepsNumbers,
        };
        string? objection = planner.Choose(device);
        if (onObjection is null) Assert.Null(objection);
        else onObjection(objection);
        return planner;
    }
}
