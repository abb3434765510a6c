using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>The time left is right within a fifth from a tenth of the run on, whatever kinds of work are faster than others.</summary>
public sealed class TimeLeftTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2.5, 0.7, 1.2)]
    [InlineData(0.5, 1.5, 0.8)]
    public void It_is_right_from_a_tenth_on(double coder, double video, double noise)
    {
        (WorkSort Sort, long Flops)[] events =
        [
            .. Enumerable.Repeat((WorkSort.Encode, 40L), 4), .. Enumerable.Repeat((WorkSort.Image, 200L), 10),
            .. Enumerable.Repeat((WorkSort.Video, 130L), 2), .. Enumerable.Repeat((WorkSort.Image, 200L), 10),
            .. Enumerable.Repeat((WorkSort.Decode, 100L), 4),
        ];
        var random = new Random(5);
        double[] took = [.. events.Select(work => work.Flops * 1e-3 * Pace(work.Sort) * (1 + (0.1 * noise * (random.NextDouble() - 0.5))))];
        double Pace(WorkSort sort) => sort switch { WorkSort.Video => 1 / video, WorkSort.Image => 1, _ => 1 / coder };
        double all = took.Sum(), spent = 0;
        var left = new TimeLeft(events);
        for (int i = 0; i < took.Length; i++)
        {
            spent += took[i];
            left.Done(took[i]);
            double truth = all - spent;
            if (spent < all / 10 || truth < all / 50) continue;
            Assert.InRange(left.Seconds!.Value, 0.8 * truth, 1.2 * truth);
            Assert.InRange(left.Share(spent)!.Value, (spent / all) - 0.1, (spent / all) + 0.1);
        }

        Assert.Equal(0, left.Seconds!.Value, 1e-9);
    }

    [Fact]
    public void Nothing_is_said_before_anything_is_known()
    {
        var left = new TimeLeft([(WorkSort.Encode, 10), (WorkSort.Image, 10)]);
        Assert.Null(left.Seconds);
        left.Done(null);
        Assert.Null(left.Seconds);
        left.Done(3);
        Assert.Equal(0, left.Seconds);
    }

    [Fact]
    public void What_was_fetched_says_nothing_of_the_machine()
    {
        var left = new TimeLeft([(WorkSort.Image, 10), (WorkSort.Image, 10), (WorkSort.Image, 20), (WorkSort.Image, 20)]);
        left.Done(null);
        left.Done(5);
        Assert.Equal(20, left.Seconds!.Value, 1e-9);
        left.Done(null);
        Assert.Equal(10, left.Seconds!.Value, 1e-9);
    }
}
